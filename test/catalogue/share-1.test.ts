/** The scenarios of the catalogue, share 1 of 4. */
import { testScenarios } from './scenario-laws.ts';

await testScenarios(0, 4);
