import type { CallOptions } from "@connectrpc/connect";
import {
  checkChoice,
  checkName,
  checkRange,
  defaultLimits,
  isStoreError,
  type Origin,
  origins,
  storeError,
  type WriteOptions,
} from "@trimtab/core";
import { present, toWireContext } from "@trimtab/wire";
import type { WriteContext } from "@trimtab/wire/services";
import { refuseIf } from "./arguments.ts";
import { fromBrokenCall, readAnswer } from "./store-error.ts";

/** What holds for every call of a client unless the call says otherwise. */
export interface CallDefaults {
  readonly actor: string | undefined;
  readonly origin: Origin;
  readonly timeoutMs: number;
  /** Ends calls that are under way; none unless given. */
  readonly signal?: AbortSignal | undefined;
}

/** Makes the calls of one client. */
export interface Caller {
  /** Encodes and sends a request, waits within the client's time limit, and reads the answer. */
  call<Answer, T>(send: (options: CallOptions) => Promise<Answer>, read: (answer: Answer) => T): Promise<T>;
  /** Who writes and why, with the client's own name where the call gives none. */
  context(options: WriteOptions | undefined): WriteContext;
}

/** Milliseconds that a call may take: as many as the eight digits of `grpc-timeout` can say (gRPC over HTTP/2). */
export const timeoutLimits = { min: 0, max: 99_999_999 };

/**
 * Makes a caller. Throws `invalid_argument` for a time limit that is no whole number of milliseconds or more than a request
 * can say, and for an origin that is none.
 */
export function createCaller({ actor, origin, timeoutMs, signal }: CallDefaults): Caller {
  refuseIf(checkRange(timeoutMs, "timeoutMs", timeoutLimits) ?? checkChoice(origin, "origin", origins));
  const how: CallOptions = signal === undefined ? { timeoutMs } : { timeoutMs, signal };
  return {
    async call(send, read) {
      const sent = begin(() => send(how));
      let answer: Awaited<typeof sent>;
      try {
        answer = await sent;
      } catch (error) {
        throw fromBrokenCall(error);
      }
      return readAnswer(() => read(answer));
    },
    context({ requestId, metadata, lease, ...who } = {}) {
      refuseIf(checkChoice(who.origin, "origin", origins));
      // In a request, an empty id would be none.
      if (requestId === "") refuseIf(checkName(requestId, "requestId", defaultLimits.nameLength));
      return toWireContext(
        present({ actor: who.actor ?? actor, origin: who.origin ?? origin, metadata, requestId, lease }),
      );
    },
  };
}

/** What is thrown before anything is sent is about the arguments, also where no type has kept them out. */
export function begin<T>(send: () => T, field = "request"): T {
  try {
    return send();
  } catch (cause) {
    if (isStoreError(cause)) throw cause;
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw storeError("invalid_argument", `${field}: no request can be made of it: ${problem}`, { field }, { cause });
  }
}
