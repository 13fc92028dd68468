/** The scenarios of the catalogue, share 2 of 4. */
import { testScenarios } from './scenario-laws.ts';

await testScenarios(1, 4);
