/** The scenarios of the catalogue, share 2 of 4. */
import { testScenario } from './scenario-laws.ts';
import { eachScenario } from './shares.ts';

await eachScenario(1, 4, testScenario);
