/** The scenarios of the catalogue, share 3 of 4. */
import { testScenarios } from './scenario-laws.ts';

await testScenarios(2, 4);
