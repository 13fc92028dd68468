/** Undo restores: the scenarios of the catalogue, share 1 of 2. */
import { testUndo } from './undo-restores.ts';

await testUndo(0, 2);
