/** How the user calls this program, so that printed commands can be pasted. Apart because records keep the plain command, and only what a person reads is said in their way. */

/** The words before the name of a command. */
export type Invocation = 'elevenproof' | 'npx elevenproof';

/** Started by `npx` or `npm exec`, as npm tells in the environment, or not. What another program started by npx calls is called plainly: npm also says what it started. */
export function invocationOf(env: Readonly<Record<string, string | undefined>>): Invocation {
  const byNpx = (env.npm_execpath ?? '') !== '' && env.npm_command === 'exec' && env.npm_lifecycle_event === 'npx';
  return byNpx && /\belevenproof\b/.test(env.npm_lifecycle_script ?? 'elevenproof') ? 'npx elevenproof' : 'elevenproof';
}

const commands = 'run|sweep|list|show|plan|judge|diff|agree|up|down|heal|abort|doctor|init';
const plainCommand = new RegExp(`(?<![\\w./-]|npx )elevenproof(?= (?:${commands})\\b)`, 'g');

/** A text with its commands as the user has to type them. */
export function asTyped(text: string, invocation: Invocation): string {
  return invocation === 'elevenproof' ? text : text.replace(plainCommand, invocation);
}
