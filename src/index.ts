/** What the package exports: everything that a scenario file or a program of one's own needs. */
export { InputError, OperatingError } from './base/errors.ts';
export { loadCatalogue, loadScenario } from './compose/catalogue.ts';
export type { RunOptions } from './compose/prepare.ts';
export { type RunResult, runScenario } from './compose/run-scenario.ts';
export type {
  Action,
  ActionOutcome,
  Component,
  Pick,
  PlannedAction,
  ResolvedTarget,
  Target,
  Verb,
} from './domain/action.ts';
export { components, verbs } from './domain/action.ts';
export type { Condition } from './domain/condition.ts';
export { defineScenario, type ScenarioInput } from './domain/define-scenario.ts';
export type { Phase, RunEvent, RunEventBody, Traffic } from './domain/event.ts';
export type { FactName, FactValue, Subject } from './domain/fact.ts';
export { facts } from './domain/fact.ts';
export type { Fault, Undo } from './domain/fault.ts';
export type { FoldedRun } from './domain/folded-run.ts';
export type { ChannelLoad, Load, LoadPlan, Profile } from './domain/load.ts';
export type { Finding, Objective, Standing, Verdict } from './domain/objective.ts';
export * from './domain/profiles.ts';
export type { RunRecord } from './domain/record.ts';
export type { Scenario, StopCondition, Twin } from './domain/scenario.ts';
export type { Topology } from './domain/topology.ts';
export * from './faults/index.ts';
export * from './objectives/index.ts';
