import type { DatabaseSync, StatementSync } from "node:sqlite";

/**
 * A transaction that is begun before it is known what it will hold. Waking up and beginning take a thread about as long as its caller
 * takes to say what is to be written; nothing is written before that, so that calling it off costs nothing.
 */
export interface ExpectedTransaction {
  /** Begins it, unless it is. */
  begin(): void;
  /** Makes it the caller's; `false` where none is begun. */
  take(): boolean;
  /** Gives the milliseconds that it is still kept for, after which it is called off; 0 where none is begun. */
  leftMs(): number;
  callOff(): void;
}

/** How long it is kept, in milliseconds: other programs cannot write meanwhile. */
const keptMs = 5;

/** Makes the one of a database; `beginning` is the statement that begins a transaction, `now` a clock in milliseconds that never goes back. */
export function createExpectedTransaction(
  db: DatabaseSync,
  beginning: StatementSync,
  now = () => performance.now(),
): ExpectedTransaction {
  let begunAt: number | undefined;
  const callOff = (): void => {
    if (begunAt === undefined) return;
    begunAt = undefined;
    if (db.isTransaction) db.exec("ROLLBACK");
  };
  return {
    begin() {
      if (begunAt !== undefined) return;
      try {
        beginning.run();
        begunAt = now();
      } catch {
        // Whoever has something to write finds out why.
      }
    },
    take() {
      const isBegun = begunAt !== undefined;
      begunAt = undefined;
      return isBegun;
    },
    leftMs() {
      if (begunAt === undefined) return 0;
      const left = begunAt + keptMs - now();
      if (left > 0) return left;
      callOff();
      return 0;
    },
    callOff,
  };
}
