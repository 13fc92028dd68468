/** Whether real clusters can be had here, in one sentence for all tests that need them. */
import { execa } from 'execa';

/** What is missing, in words; undefined when Docker, kind and k6 answer. */
export async function whatIsMissing(
  programs: readonly string[] = ['docker', 'kind', 'k6'],
): Promise<string | undefined> {
  const questions: Readonly<Record<string, readonly string[]>> = {
    docker: ['info', '--format', '{{.ServerVersion}}'],
    kind: ['version'],
    k6: ['version'],
  };
  for (const program of programs) {
    const { failed } = await execa(program, questions[program] ?? ['--version'], { reject: false, timeout: 10_000 });
    if (failed) return `${program} does not answer`;
  }
  return undefined;
}
