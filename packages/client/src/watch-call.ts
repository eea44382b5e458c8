import type { Client } from "@connectrpc/connect";
import { type Selection, type Store, storeError, type WatchEvent, type WatchOptions } from "@trimtab/core";
import { createWatchJoin, encodeFlag, encodeText } from "@trimtab/wire";
import type { WatchService } from "@trimtab/wire/services";
import { encodeFilter } from "./arguments.ts";
import { fromBrokenCall, readAnswer } from "./store-error.ts";

/** The part of a store that watches, over a transport. */
export const createWatchCall = (client: Client<typeof WatchService>): Pick<Store, "watch"> => ({
  watch: (session, selection = {}, options = {}) => ({
    [Symbol.asyncIterator]() {
      const stop = new AbortController();
      const signals = [stop.signal, ...(options.signal === undefined ? [] : [options.signal])];
      const events = readEvents(
        (signal) => client.watchVariables(encodeWatch(session, selection, options), { signal, timeoutMs: 0 }),
        { stop, signal: AbortSignal.any(signals) },
      );
      return {
        next: () => events.next(),
        // Aborting first ends a `next` that is waiting, which a generator's own return would wait for.
        return: () => {
          stop.abort();
          return events.return(undefined);
        },
      };
    },
  }),
});

type Messages = ReturnType<Client<typeof WatchService>["watchVariables"]>;

async function* readEvents(
  open: (signal: AbortSignal) => Messages,
  { stop, signal }: { stop: AbortController; signal: AbortSignal },
): AsyncGenerator<WatchEvent, undefined> {
  if (signal.aborted) return undefined;
  const join = createWatchJoin();
  try {
    for await (const message of open(signal)) {
      const event = readAnswer(() => join(message));
      if (signal.aborted) return undefined;
      if (event === undefined) continue;
      yield event;
      if (event.kind === "ended") return undefined;
    }
    throw storeError("unavailable", "the server has ended the watch without a reason", {});
  } catch (failure) {
    if (signal.aborted) return undefined;
    throw fromBrokenCall(failure);
  } finally {
    stop.abort();
  }
}

const encodeWatch = (session: string, selection: Selection, options: WatchOptions) => ({
  sessionId: encodeText(session, "session"),
  variables: (selection.refs ?? []).map((ref) => encodeText(ref, "refs")),
  pattern: encodeFilter(selection.pattern, "pattern"),
  resumeToken: encodeFilter(options.after, "after"),
  omitInitialValues: options.initialValues === false,
  coalesce: encodeFlag(options.coalesce, "coalesce"),
  includeOldValues: encodeFlag(options.oldValues, "oldValues"),
  filter: encodeFilter(options.filter, "filter"),
  distinct: encodeFlag(options.distinct, "distinct"),
  includeSessionPermissions: encodeFlag(options.sessionPermissions, "sessionPermissions"),
});
