import {
  isHeld,
  type OptimizationStarted,
  type StartOptimizationOptions,
  StoreError,
  storeError,
  unknownVariable,
} from "@trimtab/core";
import type { LeaseLine } from "./lease-line.ts";
import type { Sessions } from "./sessions.ts";
import { requireVariable } from "./variable-operations.ts";

/** How often those in line look whether another process has given up what they wait for, in milliseconds. */
const lookAgainMs = 100;

/** Who waits, and for what. */
interface Waiting {
  readonly sessions: Sessions;
  readonly line: LeaseLine;
  readonly session: string;
  readonly refs: readonly string[];
  readonly options: StartOptimizationOptions & { readonly waitTimeoutMs: number };
  readonly start: (
    session: string,
    refs: readonly string[],
    options: StartOptimizationOptions,
    waitedMs: number,
  ) => Promise<OptimizationStarted>;
  readonly stop: (started: OptimizationStarted) => Promise<unknown>;
}

/** Starts once the variables are free, first come first served, or gives up in time. */
export async function waitInLine({ sessions, line, session, refs, options, start, stop }: Waiting) {
  const { waitTimeoutMs, signal } = options;
  const ids = await sessions.access(session, ({ runtime: { state } }) =>
    refs.map((ref) => requireVariable(state, ref).id),
  );
  const place = line.join(session, ids);
  const wake = () => line.wake(session);
  signal?.addEventListener("abort", wake);
  const joinedAt = performance.now();
  const until = joinedAt + waitTimeoutMs;
  try {
    for (;;) {
      if (signal?.aborted) throw leftTheLine();
      if ((await isFree({ sessions, session, refs }, ids)) && place.isFirst()) {
        const waitedMs = performance.now() - joinedAt;
        const started = await start(session, refs, options, waitedMs).catch(ignoreTaken);
        if (started !== undefined && signal?.aborted !== true) return started;
        // Nobody is there any more to hold what was granted.
        if (started !== undefined) await stop(started);
      }
      const leftMs = until - performance.now();
      if (leftMs <= 0) {
        const message = `waited ${waitTimeoutMs} ms for ${refs.join(", ")} in vain`;
        throw storeError("deadline_exceeded", message, {});
      }
      await place.changed(Math.min(leftMs, lookAgainMs));
    }
  } finally {
    signal?.removeEventListener("abort", wake);
    place.leave();
  }
}

export const leftTheLine = () => storeError("cancelled", "the caller left the line", {});

/** Says whether nobody holds any of the variables; rejects where one is not there any more. */
const isFree = ({ sessions, session, refs }: Pick<Waiting, "sessions" | "session" | "refs">, ids: readonly string[]) =>
  sessions.access(session, ({ runtime: { state } }) => {
    const gone = refs.find((_, index) => !state.variables.has(ids[index] ?? ""));
    if (gone !== undefined) throw new StoreError(unknownVariable(gone));
    return ids.every((id) => {
      const holder = state.optimizations.get(state.leases.get(id) ?? "");
      return holder === undefined || !isHeld(holder, sessions.now());
    });
  });

/** Somebody who did not wait in this line may have been first. */
function ignoreTaken(error: unknown): undefined {
  if (!(error instanceof StoreError && error.is("already_optimizing"))) throw error;
}
