/** `npm run bench`: how fast the simulator is. Figures are ratios, or stand beside one of the same run, so that they can be compared on another machine. `-- --quick`: fewer repetitions. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import gameDay from './game-day.ts';
import { longDay } from './long-day.ts';
import { playOnce } from './play.ts';
import { nodesPerSite, podsFor, wideLink } from './topologies.ts';

const quick = process.argv.includes('--quick');
const command = fileURLToPath(new URL('../../bin/elevenproof.js', import.meta.url));
const gameDayFile = fileURLToPath(new URL('./game-day.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'elevenproof-bench-'));

/** One call of Node; ms of wall time. Throws when it ends with another code than 0. */
function callMs(...args: readonly string[]): number {
  const startMs = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 2 ** 30 });
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}\n${stderr}`);
  return performance.now() - startMs;
}

const leastOf = (times: number, measure: (i: number) => number) =>
  Math.min(...Array.from({ length: times }, (_, i) => measure(i)));

function say(what: string, figure: string, aim: string): void {
  process.stdout.write(`${what.padEnd(52)} ${figure.padEnd(40)} aim ${aim}\n`);
}

const seconds = (ms: number) => `${(ms / 1_000).toFixed(2)} s`;
const whole = (value: number) => Math.round(value).toLocaleString('en-US');

function commands(): void {
  const times = quick ? 5 : 20;
  const emptyMs = leastOf(times, () => callMs('-e', '0'));
  const helpMs = leastOf(times, () => callMs(command, '--help'));
  say('--help against node -e 0', `${(helpMs / emptyMs).toFixed(2)} × (${whole(helpMs)} ms)`, '≤ 2 ×');
  const firstMs = leastOf(3, (i) => callMs(command, 'run', 'site-loss', '--seed', '1', '--out', join(folder, `${i}`)));
  say('the first scenario, from the shell', `${seconds(firstMs)}, ${whole(firstMs / emptyMs)} × node -e 0`, '< 1.5 s');
}

async function gameDays(): Promise<void> {
  const runs = [];
  for (let i = 0; i < (quick ? 10 : 40); i++) runs.push(await playOnce(gameDay, { seed: String(1 + (i % 5)) }));
  const ratios = runs.map((run) => run.platformMs / run.playedMs).sort((a, b) => b - a);
  const best = `${whole(ratios[0]!)}, median ${whole(ratios[ratios.length >> 1]!)}`;
  say('platform time over wall time, 2 × 10 nodes', best, '≥ 10,000');
  const sized = [wideLink, nodesPerSite(300), ...podsFor(583_000)];
  const quiet = await leastPlayedMs(400, sized);
  const loud = await leastPlayedMs(583_000, sized);
  say('a day at 583,000/s against one at 400/s', `${(loud / quiet).toFixed(2)} × the time`, '1 ×');
}

/** Of a day without failures at that peak. */
async function leastPlayedMs(peakRps: number, sets: readonly string[]): Promise<number> {
  let leastMs = Number.POSITIVE_INFINITY;
  for (let i = 0; i < (quick ? 1 : 3); i++) {
    const { playedMs } = await playOnce(longDay(peakRps), { seed: '1', sets });
    leastMs = Math.min(leastMs, playedMs);
  }
  return leastMs;
}

function sweep(): void {
  const seeds = quick ? 40 : 400;
  const ms = callMs(command, 'sweep', gameDayFile, '--seeds', String(seeds), '--json');
  say(
    '10,000 seeds of a game day',
    `${((ms * 10_000) / seeds / 60_000).toFixed(1)} min, from ${seeds}`,
    '< 10 min on 2 cores',
  );
}

function memory(): void {
  const report = 'process.on("exit",()=>process.stderr.write("KiB "+process.resourceUsage().maxRSS))';
  const args = ['--import', `data:text/javascript,${encodeURIComponent(report)}`, command, 'run', gameDayFile];
  const { stderr } = spawnSync(process.execPath, [...args, '--seed', '1', '--out', join(folder, 'memory')], {
    encoding: 'utf8',
  });
  const kib = Number(/KiB (\d+)$/.exec(stderr)?.[1]);
  say('memory of one run', `${whole(kib / 1024)} MiB`, '< 200 MiB');
}

async function wholeDay(): Promise<void> {
  const sets = [wideLink, nodesPerSite(5_000), ...podsFor(583_000)];
  const played = await playOnce(longDay(583_000), { seed: '1', sets });
  const parts = [played.preparedMs, played.playedMs, played.judgedMs];
  const all = parts.reduce((a, b) => a + b);
  say('24 h at 583,000/s, 2 × 5,000 nodes', `${seconds(all)} (${parts.map(seconds).join(' + ')})`, '< 5 s');
}

try {
  commands();
  await gameDays();
  sweep();
  memory();
  await wholeDay();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
