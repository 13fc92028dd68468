/** The scenarios of the catalogue, share 3 of 4. */
import { testScenario } from './scenario-laws.ts';
import { eachScenario } from './shares.ts';

await eachScenario(2, 4, testScenario);
