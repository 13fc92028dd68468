import { expect, test } from 'vitest';
import { parseVersion } from '../../src/kind/index.ts';
import { parseStep } from '../../src/kind/steps.ts';

test.each([
  [' • Ensuring node image (kindest/node:v1.34.0) 🖼  ...', 'Ensuring node image (kindest/node:v1.34.0)', 'begun'],
  [' ✓ Configuring the external load balancer ⚖️', 'Configuring the external load balancer', 'done'],
  [' ✗ Starting control-plane 🕹️', 'Starting control-plane', 'failed'],
  [' ✓ Waiting ≤ 3m0s for control-plane = Ready ⏳', 'Waiting ≤ 3m0s for control-plane = Ready', 'done'],
])('%j is a step', (line, text, state) => {
  expect(parseStep(line)).toEqual({ text, state });
});

test.each([' • Ready after 20s 💚', 'Creating cluster "a" ...', 'Have a nice day! 👋', '', 'ERROR: failed to create'])(
  '%j is no step',
  (line) => {
    expect(parseStep(line)).toBeUndefined();
  },
);

test.each([
  ['kind v0.31.0 go1.25.5 linux/amd64\n', '0.31.0', 'haproxy'],
  ['kind v0.27.0 go1.23.6 darwin/arm64', '0.27.0', 'haproxy'],
  ['0.33.0', '0.33.0', 'envoy'],
  ['kind v0.32.0-alpha.12+1a2b3c4d5e6f70 go1.25.0 linux/amd64', '0.32.0-alpha.12+1a2b3c4d5e6f70', 'envoy'],
  ['kind v1.0.0 go1.30.0 linux/amd64', '1.0.0', 'envoy'],
])('%j says the version and its load balancer', (output, text, loadBalancer) => {
  expect(parseVersion(output)).toMatchObject({ text, loadBalancer });
});

test('a version that is too old, and what is no version, are refused', () => {
  expect(() => parseVersion('kind v0.26.0 go1.23.4 linux/amd64')).toThrow('expected 0.27 or newer');
  expect(() => parseVersion('usage: kind')).toThrow("Failed to read kind's version");
});
