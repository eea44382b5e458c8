import { isStoreError, type Store, type WatchEvent } from "@trimtab/core";

/** A watch that resumes whenever it breaks, and what it has seen. */
export interface RecordedWatch {
  /** Revision of the snapshot, then of every change, in the order they came. */
  readonly revisions: readonly number[];
  /** Last value of each variable. */
  readonly values: ReadonlyMap<string, unknown>;
  /** Times it broke. */
  readonly breaks: number;
  /** Resets and further snapshots: history that was not told. */
  readonly resets: number;
  stop(): Promise<void>;
}

/** Watches every variable of a session by hand, as a program without handles does: by the token of the last event. */
export function recordWatch(store: Store, session: string): RecordedWatch {
  const stopping = new AbortController();
  const revisions: number[] = [];
  const values = new Map<string, unknown>();
  let breaks = 0;
  let resets = 0;
  let after: string | undefined;

  const take = (event: WatchEvent): void => {
    if (event.kind === "snapshot" || event.kind === "reset") {
      if (revisions.length > 0) resets += 1;
      revisions.push(event.revision);
      for (const { name, value } of event.variables) values.set(name, value);
    } else if (event.kind === "changes") {
      revisions.push(event.revision);
      for (const { name, value } of event.changes) values.set(name, value);
    }
    after = event.token;
  };

  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        const options = { signal: stopping.signal, ...(after !== undefined && { after }) };
        for await (const event of store.watch(session, {}, options)) take(event);
      } catch (error) {
        if (!isStoreError(error, "unavailable")) throw error;
        breaks += 1;
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
    }
  };
  const ended = run();
  ended.catch(() => {});

  return {
    revisions,
    values,
    get breaks() {
      return breaks;
    },
    get resets() {
      return resets;
    },
    async stop() {
      stopping.abort();
      await ended;
    },
  };
}

/** Whole numbers from the first to the last: what revisions must be where nothing is missing, twice or out of order. */
export const consecutive = (numbers: readonly number[]): number[] => numbers.map((_, i) => (numbers[0] ?? 0) + i);
