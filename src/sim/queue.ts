/** The event queue: a 4-ary heap ordered by (time, sequence). Ours because the order of equal times is a promise here and no small library keeps it. */

/** A queue of callbacks. Times are integers up to 2^53. */
export interface Queue {
  /** Adds an entry; gives its ticket for {@link Queue.cancel}. Entries of equal time leave in order of adding. */
  add(time: number, run: () => void): number;
  /** Takes an entry back. Unknown and used tickets are ignored. */
  cancel(ticket: number): void;
  /** Time of the next entry, or Infinity. */
  nextTime(): number;
  /** Removes the next entry and gives its callback; undefined when empty. */
  take(): (() => void) | undefined;
  readonly size: number;
}

/** An empty queue. */
export function createQueue(): Queue {
  let times = new Float64Array(256);
  let tickets = new Float64Array(256);
  let count = 0;
  let nextTicket = 0;
  const runs = new Map<number, () => void>();

  const before = (i: number, time: number, ticket: number) =>
    times[i]! < time || (times[i] === time && tickets[i]! < ticket);
  const place = (i: number, time: number, ticket: number) => {
    times[i] = time;
    tickets[i] = ticket;
  };
  const up = (time: number, ticket: number) => {
    let i = count++;
    while (i > 0) {
      const parent = (i - 1) >> 2;
      if (before(parent, time, ticket)) break;
      place(i, times[parent]!, tickets[parent]!);
      i = parent;
    }
    place(i, time, ticket);
  };
  const removeTop = () => {
    const time = times[--count]!;
    const ticket = tickets[count]!;
    if (count === 0) return;
    let i = 0;
    for (;;) {
      const first = 4 * i + 1;
      if (first >= count) break;
      let least = first;
      const end = Math.min(first + 4, count);
      for (let child = first + 1; child < end; child++)
        if (before(child, times[least]!, tickets[least]!)) least = child;
      if (!before(least, time, ticket)) break;
      place(i, times[least]!, tickets[least]!);
      i = least;
    }
    place(i, time, ticket);
  };
  const dropCancelled = () => {
    while (count > 0 && !runs.has(tickets[0]!)) removeTop();
  };
  return {
    get size() {
      return runs.size;
    },
    add: (time, run) => {
      if (count === times.length) {
        const moreTimes = new Float64Array(count * 2);
        const moreTickets = new Float64Array(count * 2);
        moreTimes.set(times);
        moreTickets.set(tickets);
        times = moreTimes;
        tickets = moreTickets;
      }
      const ticket = nextTicket++;
      runs.set(ticket, run);
      up(time, ticket);
      return ticket;
    },
    cancel: (ticket) => void runs.delete(ticket),
    nextTime: () => {
      dropCancelled();
      return count === 0 ? Number.POSITIVE_INFINITY : times[0]!;
    },
    take: () => {
      dropCancelled();
      if (count === 0) return undefined;
      const ticket = tickets[0]!;
      const run = runs.get(ticket)!;
      runs.delete(ticket);
      removeTop();
      return run;
    },
  };
}
