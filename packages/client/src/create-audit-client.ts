import { createClient, type Transport } from "@connectrpc/connect";
import { type AuditTrail, auditArguments, checkedCalls } from "@trimtab/core";
import {
  encodeText,
  fromWireAuditEntry,
  fromWireAuditEvent,
  present,
  toTimestamp,
  toWireAuditFilter,
} from "@trimtab/wire";
import { AuditService } from "@trimtab/wire/services";
import { readPage } from "./answers.ts";
import { requireClient } from "./argument-kinds.ts";
import { encodeFilter, encodePage } from "./arguments.ts";
import { createCaller } from "./caller.ts";
import type { StoreClientOptions } from "./create-store-client.ts";
import { streamCall } from "./stream-call.ts";

/** Gives the audit behind a transport. It tells what was done to sessions that the caller may act as, and what those did. */
export function createAuditClient(
  transport: Transport,
  options: Pick<StoreClientOptions, "timeoutMs"> = {},
): AuditTrail {
  requireClient(transport, options);
  const { timeoutMs = 30_000 } = options;
  const client = createClient(AuditService, transport);
  const { call } = createCaller({ actor: undefined, origin: "typescript", timeoutMs });
  const calls: AuditTrail = {
    listAuditEntries: (session, { filter = {}, fromMs, toMs, ...page } = {}) =>
      call(
        (to) =>
          client.listAuditEntries(
            {
              sessionId: encodeText(session, "session"),
              ...encodePage(page),
              filter: toWireAuditFilter(filter),
              timeRange: present({
                since: fromMs === undefined ? undefined : toTimestamp(fromMs),
                until: toMs === undefined ? undefined : toTimestamp(toMs),
              }),
            },
            to,
          ),
        (answer) => readPage(answer.entries, answer, fromWireAuditEntry),
      ),
    watchAudit: (session, { filter = {}, after, signal } = {}) =>
      streamCall({
        open: (until) => {
          const sessionId = encodeText(session, "session");
          const resumeToken = encodeFilter(after, "after");
          const request = { sessionId, resumeToken, filter: toWireAuditFilter(filter) };
          return client.watchAudit(request, { signal: until, timeoutMs: 0 });
        },
        reader: () => fromWireAuditEvent,
        signal,
      }),
  };
  return checkedCalls(calls, auditArguments);
}
