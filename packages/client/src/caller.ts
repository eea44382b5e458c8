import type { CallOptions } from "@connectrpc/connect";
import { checkName, defaultLimits, type Origin, type WriteOptions } from "@trimtab/core";
import { present, toWireContext } from "@trimtab/wire";
import type { WriteContext } from "@trimtab/wire/services";

import { refuseIf } from "./arguments.ts";
import { fromBrokenCall, readAnswer } from "./store-error.ts";

/** What holds for every call of a client unless the call says otherwise. */
export interface CallDefaults {
  readonly actor: string | undefined;
  readonly origin: Origin;
  readonly timeoutMs: number;
}

/** Makes the calls of one client. */
export interface Caller {
  /** Encodes and sends a request, waits within the client's time limit, and reads the answer. */
  call<Answer, T>(send: (options: CallOptions) => Promise<Answer>, read: (answer: Answer) => T): Promise<T>;
  /** Who writes and why, with the client's own name where the call gives none. */
  context(options: WriteOptions | undefined): WriteContext;
}

export const createCaller = ({ actor, origin, timeoutMs }: CallDefaults): Caller => ({
  async call(send, read) {
    let answer: Awaited<ReturnType<typeof send>>;
    try {
      answer = await send({ timeoutMs });
    } catch (error) {
      throw fromBrokenCall(error);
    }
    return readAnswer(() => read(answer));
  },
  context({ requestId, metadata, lease, ...who } = {}) {
    // In a request, an empty id would be none.
    if (requestId === "") refuseIf(checkName(requestId, "requestId", defaultLimits.nameLength));
    return toWireContext(
      present({ actor: who.actor ?? actor, origin: who.origin ?? origin, metadata, requestId, lease }),
    );
  },
});
