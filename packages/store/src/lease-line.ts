/** Those who wait for variables that others hold, in the order in which they came. */
export interface LeaseLine {
  /** Joins the line for variables of a session, by id. */
  join(session: string, ids: readonly string[]): Place;
  /** Lets those in a session's line look again. */
  wake(session: string): void;
  /** How many wait for one of these variables. */
  count(session: string, ids: readonly string[]): number;
}

/** One place in the line. */
export interface Place {
  /** Nobody who came before waits for one of the same variables. */
  isFirst(): boolean;
  /** Resolves when there may be something new, at the latest after `pauseMs`. */
  changed(pauseMs: number): Promise<void>;
  leave(): void;
}

interface Waiter {
  readonly ids: readonly string[];
  wake: () => void;
}

/** Makes an empty line. */
export function createLeaseLine(): LeaseLine {
  const lines = new Map<string, Waiter[]>();
  const overlaps = (a: readonly string[], b: readonly string[]) => a.some((id) => b.includes(id));
  const line: LeaseLine = {
    join(session, ids) {
      const waiter: Waiter = { ids, wake: () => {} };
      const waiters = lines.get(session) ?? [];
      lines.set(session, waiters);
      waiters.push(waiter);
      return {
        isFirst: () => waiters.find((each) => overlaps(each.ids, ids)) === waiter,
        changed: (pauseMs) =>
          new Promise((resolve) => {
            const timer = setTimeout(resolve, pauseMs);
            waiter.wake = () => {
              clearTimeout(timer);
              resolve();
            };
          }),
        leave() {
          waiters.splice(waiters.indexOf(waiter), 1);
          if (waiters.length === 0 && lines.get(session) === waiters) lines.delete(session);
          line.wake(session);
        },
      };
    },
    wake(session) {
      for (const waiter of lines.get(session) ?? []) waiter.wake();
    },
    count: (session, ids) => (lines.get(session) ?? []).filter((each) => overlaps(each.ids, ids)).length,
  };
  return line;
}
