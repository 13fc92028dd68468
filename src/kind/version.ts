/** The version of the kind program and what differs between versions. Apart because it decides what stands before several API servers. */
import { OperatingError } from '../base/errors.ts';

/** A version of kind. */
export interface KindVersion {
  /** Without the leading v: `0.31.0`, `0.32.0-alpha+1a2b3c`. */
  readonly text: string;
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  /** What this version puts before several API servers. */
  readonly loadBalancer: 'haproxy' | 'envoy';
}

/** The oldest minor version of 0.x that this wrapper is tried with. */
export const minorMin = 27;

/** The first minor version whose load balancer is envoy. Source: kind's release notes. */
const minorEnvoy = 32;

/** From what `kind version` or `kind version -q` prints. Throws an OperatingError when that is no version, or one that is too old. */
export function parseVersion(output: string): KindVersion {
  const found = /\bv?((\d+)\.(\d+)\.(\d+)(?:[-+][\w.+-]*)?)/.exec(output);
  if (found === null)
    throw new OperatingError(`Failed to read kind's version: it printed \`${output.trim().slice(0, 80)}\``);
  const [, text = '', ...numbers] = found;
  const [major = 0, minor = 0, patch = 0] = numbers.map(Number);
  if (major === 0 && minor < minorMin)
    throw new OperatingError(`Failed to use kind ${text}: expected 0.${minorMin} or newer`, {
      hint: 'Newer ones: https://kind.sigs.k8s.io/docs/user/quick-start/#installation',
    });
  const loadBalancer = major === 0 && minor < minorEnvoy ? 'haproxy' : 'envoy';
  return { text, major, minor, patch, loadBalancer };
}
