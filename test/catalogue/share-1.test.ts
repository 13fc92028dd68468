/** The scenarios of the catalogue, share 1 of 4. */
import { testScenario } from './scenario-laws.ts';
import { eachScenario } from './shares.ts';

await eachScenario(0, 4, testScenario);
