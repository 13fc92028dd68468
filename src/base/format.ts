/** Numbers as people read them, without any locale function, so that a report reads the same on every machine. */
import type { Ms } from './clock.ts';

/** `131,220`; rounded to an integer. */
export function formatCount(count: number): string {
  const digits = String(Math.abs(Math.round(count)));
  const grouped = digits.replace(/\B(?=(\d{3})+$)/g, ',');
  return count < 0 && digits !== '0' ? `-${grouped}` : grouped;
}

/** A span: `0 s`, `0.3 s`, `15 s`, `2 min 5 s`, `1 h 5 min`. Tenths below a minute, rounded up to the next tenth so that a bound never looks kept when it was not. */
export function formatDuration(ms: Ms): string {
  if (ms < 0) return `-${formatDuration(-ms)}`;
  if (ms <= 59_900) return `${trimmed(Math.ceil(ms / 100) / 10, 1)} s`;
  const seconds = Math.ceil(ms / 1_000);
  if (seconds < 3_600) return joined(Math.floor(seconds / 60), 'min', seconds % 60, 's');
  const minutes = Math.ceil(seconds / 60);
  return joined(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
}

/** A latency: `42 ms`, `0.4 ms`, `1,250 ms`. */
export function formatLatency(ms: number): string {
  return ms < 10 && !Number.isInteger(ms) ? `${trimmed(ms, 1)} ms` : `${formatCount(ms)} ms`;
}

/** A share of 1 in percent: `99.97 %`, `100 %`, `0.004 %`. Neither 100 nor 0 is ever shown for what is only near it. */
export function formatRatio(ratio: number): string {
  for (let places = 2; places <= 8; places++) {
    const text = trimmed(ratio * 100, places);
    if ((text !== '100' || ratio === 1) && (text !== '0' || ratio === 0)) return `${text} %`;
  }
  return ratio < 0.5 ? '> 0 %' : '< 100 %';
}

/** A point in platform time: `5:01.3`, `1:05:01.3`; cut, not rounded, to tenths. */
export function formatClock(ms: Ms): string {
  const tenths = Math.floor(Math.abs(ms) / 100);
  const seconds = Math.floor(tenths / 10);
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const head = hours === 0 ? `${minutes}` : `${hours}:${two(minutes % 60)}`;
  return `${ms < 0 ? '-' : ''}${head}:${two(seconds % 60)}.${tenths % 10}`;
}

function joined(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

function two(value: number): string {
  return value < 10 ? `0${value}` : `${value}`;
}

/** At most `places` decimals, without trailing zeros. */
function trimmed(value: number, places: number): string {
  const text = value.toFixed(places);
  return places === 0 ? text : text.replace(/\.?0+$/, '');
}
