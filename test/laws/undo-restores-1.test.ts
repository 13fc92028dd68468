/** Undo restores: the scenarios of the catalogue, share 1 of 2. */
import { eachScenario } from '../catalogue/shares.ts';
import { testUndo } from './undo-restores.ts';

await eachScenario(0, 2, testUndo);
