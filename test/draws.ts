/** Random tests draw the same examples each time, so that a change is judged by what it changes; every night, where all seeds are tried, they draw new ones. */
import fc from 'fast-check';

if (process.env.ELEVENPROOF_SEEDS === undefined) fc.configureGlobal({ seed: 20201111 });
