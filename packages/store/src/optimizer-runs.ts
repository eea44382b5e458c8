import {
  isStoreError,
  keepLease,
  type Optimization,
  type OptimizationStarted,
  type Store,
  type StoreError,
  storeError,
  type Telemetry,
  type WriteOptions,
} from "@trimtab/core";
import type { Optimizer, OptimizerRun } from "./optimizer.ts";

/** Where a run comes from: whoever started it, who is answerable as its holder. */
export type RunBy = Pick<WriteOptions, "origin" | "via">;

/** What optimizers of this process are run with. */
export interface OptimizerRunsOptions {
  readonly optimizers: ReadonlyMap<string, Optimizer>;
  readonly telemetry: Telemetry;
  /** The store that they work on; asked for once a run begins. */
  readonly store: () => Store;
}

/** The optimizers of this process that are at work. */
export interface OptimizerRuns {
  /** Runs the optimizer of an optimization that was just started, where this process has one of that name. */
  begin(started: OptimizationStarted, leaseTtlMs: number, by: RunBy): void;
  /** Says whether an optimization was the work of an optimizer of this name in a process that was before this one. */
  hasLeft(session: string, optimization: Pick<Optimization, "id" | "optimizer">): boolean;
  /** Ends what is at work, and its optimizations as stopped. */
  close(): Promise<void>;
}

interface Run {
  readonly started: OptimizationStarted;
  readonly by: RunBy & Pick<WriteOptions, "actor">;
  end(why: string): void;
}

/** Characters of an error's message that become the cause of a failed optimization. */
const causeLength = 1000;

export function createOptimizerRuns({ optimizers, telemetry, store }: OptimizerRunsOptions): OptimizerRuns {
  const running = new Map<string, Run>();
  let stopListening = () => {};
  const listen = (): void => {
    stopListening = telemetry.on("dspex.variables.optimization_completed", ({ metadata }) =>
      running.get(`${metadata.session_id}/${metadata.optimization_id}`)?.end(`it is ${metadata.outcome}`),
    );
  };
  const stop = ({ started, by }: Run, outcome: "completed" | "failed" | "stopped", cause: string) => {
    const { session, optimization, fencingToken } = started;
    const target = { kind: "optimization", id: optimization.id } as const;
    const how = { ...by, fencingToken, outcome, ...(cause !== "" && { cause: cause.slice(0, causeLength) }) };
    // It may be over by another's doing, or its session gone.
    return store().stopOptimization(session, target, how).then(noReturn, noReturn);
  };
  return {
    begin(started, leaseTtlMs, { origin, via }) {
      const optimizer = optimizers.get(started.optimization.optimizer);
      if (optimizer === undefined) return;
      const by = {
        actor: started.optimization.holder,
        ...(origin !== undefined && { origin }),
        ...(via !== undefined && { via }),
      };
      const { session, optimization, fencingToken } = started;
      const key = `${session}/${optimization.id}`;
      const ending = new AbortController();
      const release = keepLease(
        leaseTtlMs,
        () => store().renewLease(session, optimization.id, { ...by, fencingToken }),
        (error) => {
          if (isFinal(error)) run.end(error.message);
          return isFinal(error);
        },
      );
      const run: Run = {
        started,
        by,
        end(why) {
          release();
          running.delete(key);
          if (running.size === 0) stopListening();
          ending.abort(storeError("cancelled", `optimization ${optimization.id} is over: ${why}`, {}));
        },
      };
      if (running.size === 0) listen();
      running.set(key, run);
      void work(optimizer, run, { store: store(), signal: ending.signal }).then(async ({ outcome, cause }) => {
        if (running.get(key) === run) await stop(run, outcome, cause);
        run.end(`it is ${outcome}`);
      });
    },
    hasLeft: (session, { id, optimizer }) => optimizers.has(optimizer) && !running.has(`${session}/${id}`),
    async close() {
      const left = [...running.values()];
      await Promise.all(left.map((run) => stop(run, "stopped", "the store that ran it was closed")));
      for (const run of left) run.end("the store is closed");
    },
  };
}

interface WorkMeans {
  readonly store: Store;
  readonly signal: AbortSignal;
}

interface WorkDone {
  readonly outcome: "completed" | "failed";
  readonly cause: string;
}

/** Has an optimizer do its work, and says how that ended. */
async function work(optimizer: Optimizer, { started, by }: Run, { store, signal }: WorkMeans): Promise<WorkDone> {
  const { session, optimization, fencingToken } = started;
  const lease = { optimization: optimization.id, fencingToken };
  try {
    const { found } = await store.getVariables(session, optimization.variables);
    const run: OptimizerRun = {
      session,
      optimization,
      variables: [...found.values()],
      store,
      lease,
      signal,
      async set(updates, metadata = {}) {
        signal.throwIfAborted();
        return store.setVariables(session, updates, { ...by, lease, metadata });
      },
      async report(what) {
        signal.throwIfAborted();
        return store.reportProgress(session, optimization.id, { ...what, ...by, fencingToken });
      },
    };
    await optimizer(run);
    return { outcome: "completed", cause: "" };
  } catch (error) {
    return { outcome: "failed", cause: error instanceof Error ? error.message : String(error) };
  }
}

/** Says whether a lease that was not renewed is gone, or its session; what else fails may work the next time. */
const isFinal = (error: unknown): error is StoreError =>
  isStoreError(error) && (error.is("lease_lost") || error.is("not_optimizing") || error.code === "not_found");

const noReturn = (): void => {};
