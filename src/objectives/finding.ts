/** How families say what they found, in one form. */
import type { Ms } from '../base/clock.ts';
import type { Finding, Standing } from '../domain/objective.ts';

/** What may accompany a standing. */
export interface Details {
  readonly because?: string;
  readonly window?: { readonly fromMs: Ms; readonly toMs: Ms };
  readonly figures?: Readonly<Record<string, number>>;
  readonly evidence?: readonly number[];
  readonly definite?: true;
  readonly open?: true;
  readonly gapsMatter?: { readonly fromMs: Ms; readonly toMs: Ms };
}

/** A finding; absent details are empty. */
export function finding(standing: Standing, received: string, details: Details = {}): Finding {
  return { standing, received, because: '', figures: {}, evidence: [], ...details };
}

/** `met` when it holds, else `missed`. */
export function standingOf(holds: boolean): Standing {
  return holds ? 'met' : 'missed';
}

/** An unknown: `received` says in two words what is wanting, `because` why. */
export function unknown(received: string, because: string, details: Details = {}): Finding {
  return finding('unknown', received, { ...details, because });
}

/** Words joined with `; `, empty ones left out. */
export function words(...parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== '').join('; ');
}
