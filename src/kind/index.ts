/** `elevenproof/kind`: the kind program as typed calls, usable alone. */
export { InputError, OperatingError } from '../base/errors.ts';
export { type CallOptions, type CreateOptions, createKind, type Kind, type KindOptions } from './kind.ts';
export { clusterLabel, roleLabel } from './labels.ts';
export type { Step } from './steps.ts';
export { type KindVersion, parseVersion } from './version.ts';
