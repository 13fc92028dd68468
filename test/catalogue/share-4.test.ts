/** The scenarios of the catalogue, share 4 of 4. */
import { testScenario } from './scenario-laws.ts';
import { eachScenario } from './shares.ts';

await eachScenario(3, 4, testScenario);
