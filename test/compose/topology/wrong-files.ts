/** Sound files with one thing changed, and what a refusal of them must say: for tables of bad input. */
import { expect } from 'vitest';
import { deployment, documents, pair, problemsOf, service, twoSites } from './folder.ts';

/** What is wrong, the files, and what the problem must say; `line` where the file has it. */
export type Case = readonly [wrong: string, files: Record<string, string>, says: RegExp, line?: number];

export const hpa = (spec: string) =>
  `apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: { name: web }\nspec: { scaleTargetRef: { kind: Deployment, name: web }, ${spec} }\n`;
export const pdb = (spec: string) =>
  `apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: { name: web }\nspec: { ${spec} }\n`;
export const web = deployment('web');
export const app = (...parts: string[]) => pair({ app: documents(web, service('web'), ...parts) });
export const changed = (extra: Parameters<typeof deployment>[1]) =>
  pair({ app: documents(deployment('web', extra), service('web')) });
export const container = (text: string) => changed({ container: text });
export const stateful = (spec: string) =>
  web.replace('kind: Deployment', 'kind: StatefulSet').replace('spec:\n', `spec:\n  ${spec}\n`);
export const renamed = (from: string, to: string) => pair({ app: documents(web.replaceAll(from, to), service('web')) });
export const ports = (text: string) => pair({ app: documents(web, service('web').replace('[{ port: 80 }]', text)) });
export const topology = (more: string) => pair({ topology: `${twoSites}${more}` });

/** Some problem says it, and stands in a file. */
export async function expectRefused([, files, says, line]: Case): Promise<void> {
  const problems = await problemsOf(files);
  const shown = problems.map(
    (problem) => `${problem.file}:${problem.line}:${problem.column} ${problem.message} ${problem.hint ?? ''}`,
  );
  const hit = problems[shown.findIndex((one) => says.test(one))];
  expect(hit, shown.join('\n')).toBeDefined();
  expect(hit?.file).toMatch(/\.yaml$/);
  if (line !== undefined) expect(hit?.line).toBe(line);
}
