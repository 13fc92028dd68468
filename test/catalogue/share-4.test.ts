/** The scenarios of the catalogue, share 4 of 4. */
import { testScenarios } from './scenario-laws.ts';

await testScenarios(3, 4);
