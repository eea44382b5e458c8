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
  /** A further batch may be sent. */
  readonly hasRoom: () => boolean;
  /** Sends what was submitted, without waiting for the end of what runs now. */
  readonly send: () => void;
  /** Calls back at the end of this turn of the event loop. */
  readonly atEndOfTurn: (callback: () => void) => void;
}

/** From how many entries on a batch is worth a transaction beside another one: that costs its thread some 250 µs whatever it carries. */
const worthOne = 16;

/** How much of the most that was ever under way is forgotten with each batch, so that the share follows the load within some hundred batches. */
const forgotten = 1 / 64;

/**
 * Makes the gathering of one log. A flush takes as long for one entry as for a hundred, and calls that are read from a socket together
 * come one by one, so they go together at the end of the turn. Where everyone waits for an answer before asking again, that would let this thread and
 * the log's take turns, each idle while the other works. So where many are under way they go in halves: the first as soon as it
 * has come together, and the next while the log is at work on that.
 */
export function createGathering({ underWay, hasRoom, send, atEndOfTurn }: GatheringOptions): Gathering {
  let gathered = new Map<() => void, number>();
  let asked = 0;
  /** The most entries that were under way or asked for at once lately. */
  let most = 0;
  /** What is gathered waits for a batch that is under way. */
  let deferred = false;

  const submit = (): void => {
    const submits = gathered;
    gathered = new Map();
    asked = 0;
    deferred = false;
    most -= most * forgotten;
    for (const submit of submits.keys()) submit();
  };
  /** What there should be before a batch follows on another. */
  const half = (): number => most / 2;
  const goesInHalves = (): boolean => half() >= worthOne;

  const endOfTurn = (): void => {
    // A batch that is under way brings on the next when it is answered, if that has not become half of all before.
    deferred = goesInHalves() && underWay() > 0;
    if (gathered.size > 0 && !deferred) submit();
  };

  return {
    ask(append, entries) {
      if (gathered.size === 0) atEndOfTurn(endOfTurn);
      asked += entries - (gathered.get(append) ?? 0);
      gathered.set(append, entries);
      most = Math.max(most, underWay() + asked);
      if (!goesInHalves() || asked < half() || !hasRoom()) return;
      submit();
      send();
    },
    appended() {
      if (gathered.size > 0 && deferred) submit();
    },
  };
}
