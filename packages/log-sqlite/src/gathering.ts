/** Decides when those who have entries to append submit them. */
export interface Gathering {
  /** Calls back once, for all calls with the same callback; `entries` wait with whoever asks, those told of before included. */
  readonly ask: (submit: () => void, entries: number) => void;
  /** Told whenever a batch is answered. */
  appended(): void;
}

/** What it decides by, and how it acts. */
export interface GatheringOptions {
  /** How many entries are submitted and not answered. */
  readonly underWay: () => number;
  /** Sends what was submitted, without waiting for the end of what runs now. */
  readonly send: () => void;
  /** Calls back at the end of this turn of the event loop. */
  readonly atEndOfTurn: (callback: () => void) => void;
  /** A clock that never goes back, in any unit. */
  readonly now: () => number;
}

/** From how many entries on a batch is worth a transaction beside another one: that costs its thread some 250 µs whatever it carries. */
const worthOne = 16;

/** The share of all that follows on a batch which is under way: half of them come in one turn or in two. */
const enough = 3 / 8;

/** The share of all from which on a batch is to be halved the next time that it comes; halves come by themselves. */
const nearlyAll = 3 / 4;

/** How much of the most that was ever under way is forgotten with each batch, so that it follows the load within some seconds. */
const forgotten = 1 / 1024;

/**
 * Makes the gathering of one log. A flush takes as long for one entry as for a hundred, and calls that are read from a socket together
 * come one by one, so they go together at the end of the turn. Where everyone waits for an answer before asking again, that would let this thread and
 * the log's take turns, each idle while the other works. So where many are under way they go in halves: the first as soon as it
 * has come together, and the next while the log is at work on that. Halves are one flush more, so they go so only while the log waits longer for
 * what comes next than it works on a batch.
 */
export function createGathering({ underWay, send, atEndOfTurn, now }: GatheringOptions): Gathering {
  const pace = createPace(now);
  let gathered = new Map<() => void, number>();
  let asked = 0;
  /** The most entries that were under way or asked for at once lately. */
  let most = 0;
  /** The entries of the last batch. */
  let last = 0;
  /** What is gathered waits for a batch that is under way. */
  let deferred = false;

  const submit = (): void => {
    const submits = gathered;
    gathered = new Map();
    last = asked;
    asked = 0;
    deferred = false;
    most -= most * forgotten;
    pace.submitted(underWay() > 0);
    for (const submit of submits.keys()) submit();
  };
  const goesInHalves = (): boolean => most >= 2 * worthOne && pace.waitsLongerThanItWorks();

  const endOfTurn = (): void => {
    // A batch that is under way brings on the next when it is answered, where that is not large enough before.
    deferred = goesInHalves() && underWay() > 0 && asked < most * enough;
    if (gathered.size > 0 && !deferred) submit();
  };

  return {
    ask(append, entries) {
      if (gathered.size === 0) atEndOfTurn(endOfTurn);
      asked += entries - (gathered.get(append) ?? 0);
      gathered.set(append, entries);
      most = Math.max(most, underWay() + asked);
      if (asked < most / 2 || last < most * nearlyAll || underWay() > 0 || !goesInHalves()) return;
      submit();
      send();
    },
    appended() {
      pace.answered();
      if (gathered.size > 0 && deferred) submit();
    },
  };
}

/** What of the evidence of the last batches each further one replaces. */
const renewed = 1 / 8;

/** Batches whose answers bring others, at most. */
const followed = 2;

/** Compares how long the log works on batches with how long it takes until their answers bring others. */
function createPace(now: () => number) {
  const answers: number[] = [];
  let busySince = 0;
  let lastWork = 0;
  /** The share of batches lately that took longer to come than the one before had taken to be made. */
  let waits = 0;
  return {
    submitted(isBusy: boolean): void {
      const at = now();
      if (!isBusy) busySince = at;
      const answeredAt = answers.shift();
      if (answeredAt === undefined) return;
      waits += ((at - answeredAt > lastWork ? 1 : 0) - waits) * renewed;
    },
    answered(): void {
      const at = now();
      lastWork = at - busySince;
      busySince = at;
      if (answers.push(at) > followed) answers.shift();
    },
    waitsLongerThanItWorks: () => waits > 0.5,
  };
}
