/** Undo restores: the scenarios of the catalogue, share 2 of 2. */
import { testUndo } from './undo-restores.ts';

await testUndo(1, 2);
