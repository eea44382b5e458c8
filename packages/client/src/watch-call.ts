import type { Client } from "@connectrpc/connect";
import type { Selection, Store, WatchOptions } from "@trimtab/core";
import { createWatchJoin, encodeFlag, encodeText } from "@trimtab/wire";
import type { WatchService } from "@trimtab/wire/services";
import { encodeFilter } from "./arguments.ts";
import { streamCall } from "./stream-call.ts";

/** The part of a store that watches, over a transport. */
export const createWatchCall = (client: Client<typeof WatchService>): Pick<Store, "watch"> => ({
  watch: (session, selection = {}, options = {}) =>
    streamCall({
      open: (signal) => client.watchVariables(encodeWatch(session, selection, options), { signal, timeoutMs: 0 }),
      reader: createWatchJoin,
      isLast: ({ kind }) => kind === "ended",
      signal: options.signal,
    }),
});

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
