import type { HandlerContext } from "@connectrpc/connect";
import { requireArguments, type StoreError, storeError } from "@trimtab/core";
import { createBucketTable } from "./bucket-table.ts";
import { limitsArguments } from "./limit-kinds.ts";
import type { Rate } from "./token-bucket.ts";

/** How much callers may ask of a server. What is left out is not limited. */
export interface CallLimitsOptions {
  /** Calls of each caller. */
  readonly caller?: Rate | undefined;
  /** Calls of each caller to each session: nobody can use up what others may ask of it. */
  readonly session?: Rate | undefined;
  /** Streams of each caller at a time. */
  readonly streams?: number | undefined;
  /** A clock in milliseconds that never jumps; the machine's unless given. */
  readonly now?: () => number;
}

/** Limits on calls, as functions that whoever serves calls asks at the right time. */
export interface CallLimits {
  /**
   * Counts a call before it is read, and a stream until its context's signal aborts.
   *
   * @throws StoreError `limit_exceeded` with `retryAfterMs` where the caller must wait
   */
  admitCall(caller: string, context: HandlerContext): void;
  /**
   * Counts a call to a session once it is read.
   *
   * @throws StoreError `limit_exceeded` with `retryAfterMs`
   */
  admitToSession(caller: string, session: string): void;
}

/** How soon to ask again for a stream where as many run as may; that depends on when others end. */
const streamRetryMs = 1000;

/** Makes limits with nothing counted yet. Throws `invalid_argument` for what limits nothing, such as `NaN`. */
export function createCallLimits(options: CallLimitsOptions): CallLimits {
  requireArguments(limitsArguments, [options]);
  const { caller: callerRate, session: sessionRate, streams: mostStreams = Number.POSITIVE_INFINITY } = options;
  const { now = () => performance.now() } = options;
  const callers = callerRate && createBucketTable(callerRate, now);
  const sessions = sessionRate && createBucketTable(sessionRate, now);
  const streams = new Map<string, number>();
  const leave = (caller: string): void => {
    const left = (streams.get(caller) ?? 1) - 1;
    if (left === 0) streams.delete(caller);
    else streams.set(caller, left);
  };
  return {
    admitCall(caller, context) {
      const waitMs = callers?.take(caller) ?? 0;
      if (waitMs > 0) throw exceeded("calls_per_second", callerRate?.perSecond ?? 0, waitMs);
      if (context.method.methodKind === "unary" || mostStreams === Number.POSITIVE_INFINITY) return;
      const running = (streams.get(caller) ?? 0) + 1;
      if (running > mostStreams) throw exceeded("streams", mostStreams, streamRetryMs, running);
      streams.set(caller, running);
      // Asked for only here: a call that needs no signal is spared the making of one.
      context.signal.addEventListener("abort", () => leave(caller), { once: true });
    },
    admitToSession(caller, session) {
      const waitMs = sessions?.take(`${caller}\n${session}`) ?? 0;
      if (waitMs > 0) throw exceeded("session_calls_per_second", sessionRate?.perSecond ?? 0, waitMs);
    },
  };
}

function exceeded(field: string, limit: number, retryAfterMs: number, value = limit + 1): StoreError<"limit_exceeded"> {
  const message = `${field} would be more than the ${limit} that are allowed: try again in ${retryAfterMs} ms`;
  return storeError("limit_exceeded", message, { field, limit, value, retryAfterMs });
}
