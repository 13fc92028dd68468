/** Folders with input files for tests, and the problems that reading them gives. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';
import { InputError, type Problem } from '../../../src/base/errors.ts';
import { type ReadOptions, readTopology } from '../../../src/compose/topology/read-topology.ts';
import type { Topology } from '../../../src/domain/topology.ts';

const made: string[] = [];
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

/** A fresh folder with these files. */
export function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'topology-'));
  made.push(folder);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

/** Reads a fresh folder with these files. */
export function read(files: Readonly<Record<string, string>>, options: ReadOptions = {}): Promise<Topology> {
  return readTopology(folderWith(files), options);
}

/** The problems that reading gives; an error of any other kind is thrown on. */
export async function problemsOf(
  files: Readonly<Record<string, string>>,
  options: ReadOptions = {},
): Promise<readonly Problem[]> {
  return problemsAt(folderWith(files), options);
}

/** The problems that reading a path gives. */
export async function problemsAt(path: string, options: ReadOptions = {}): Promise<readonly Problem[]> {
  try {
    await readTopology(path, options);
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
  return [];
}

/** A kind config with one control plane and two workers. */
export const kind = `kind: Cluster
apiVersion: kind.x-k8s.io/v1alpha4
nodes:
  - role: control-plane
  - role: worker
  - role: worker
`;

/** A Deployment; `spec` and `pod` are extra lines of its spec and its pod's spec, unindented. */
export function deployment(
  name: string,
  extra: { spec?: string; pod?: string; container?: string; annotations?: string } = {},
): string {
  const indent = (text: string | undefined, by: number) =>
    (text ?? '')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => `${' '.repeat(by)}${line}\n`)
      .join('');
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
  annotations:
    example.com/owner: somebody
${indent(extra.annotations, 4)}spec:
${indent(extra.spec, 2)}  selector:
    matchLabels: { app: ${name} }
  template:
    metadata:
      labels: { app: ${name} }
    spec:
${indent(extra.pod, 6)}      containers:
        - name: main
          image: example.com/${name}:1.0
${indent(extra.container, 10)}`;
}

/** A Service before the workload of the same name. */
export function service(name: string, extra = ''): string {
  return `apiVersion: v1\nkind: Service\nmetadata: { name: ${name} }\nspec:\n  selector: { app: ${name} }\n  ports: [{ port: 80 }]\n${extra}`;
}

/** Several documents as one file. */
export function documents(...parts: readonly string[]): string {
  return parts.join('---\n');
}

/** A topology.yaml of two sites that share `app.yaml`. */
export const twoSites = `sites:
  east: { cluster: kind.yaml, manifests: [app.yaml] }
  west: { cluster: kind.yaml, manifests: [app.yaml] }
`;

/** The files of two equal sites with one Deployment behind one Service, changed as asked. */
export function pair(
  changes: { readonly topology?: string; readonly app?: string; readonly kind?: string } = {},
): Record<string, string> {
  return {
    'topology.yaml': changes.topology ?? twoSites,
    'kind.yaml': changes.kind ?? kind,
    'app.yaml': changes.app ?? documents(deployment('web'), service('web')),
  };
}
