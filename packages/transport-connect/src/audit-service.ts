import type { HandlerContext, ServiceImpl } from "@connectrpc/connect";
import { type AuditTrail, createGlob, type ListAuditOptions, mayNotAct, StoreError, storeError } from "@trimtab/core";
import { fromTimestamp, fromWireAuditFilter, present, toWireAuditEntry, toWireAuditEvent } from "@trimtab/wire";
import type { AuditService, ListAuditEntriesRequest } from "@trimtab/wire/services";
import type { Calls } from "./calls.ts";
import { toPageOptions } from "./page-options.ts";
import { principalKey } from "./principal.ts";
import { sessionOf } from "./request-parts.ts";

/** Serves an audit, to each caller that of the sessions which it may act as. */
export function createAuditService(
  trail: AuditTrail,
  shutdown: AbortSignal | undefined,
  { unary, stream }: Calls,
): ServiceImpl<typeof AuditService> {
  return {
    listAuditEntries: unary(async (request, context) => {
      const session = sessionOf(request);
      checkMayAct(session, context);
      const { items, nextPageToken = "" } = await trail.listAuditEntries(session, toListOptions(request));
      return { entries: items.map(toWireAuditEntry), nextPageToken };
    }),
    watchAudit: stream(async function* (request, context) {
      const session = sessionOf(request);
      checkMayAct(session, context);
      const signal = shutdown === undefined ? context.signal : AbortSignal.any([context.signal, shutdown]);
      const filter = fromWireAuditFilter(request.filter);
      const options = present({ filter, after: request.resumeToken || undefined, signal });
      for await (const event of trail.watchAudit(session, options)) yield toWireAuditEvent(event);
      context.signal.throwIfAborted();
      throw storeError("unavailable", "server is shutting down", {});
    }),
  };
}

const toListOptions = (request: ListAuditEntriesRequest): ListAuditOptions => {
  const { since, until } = request.timeRange ?? {};
  return toPageOptions(
    request,
    present({
      filter: fromWireAuditFilter(request.filter),
      fromMs: since && fromTimestamp(since, "time_range.since"),
      toMs: until && fromTimestamp(until, "time_range.until"),
    }),
  );
};

function checkMayAct(session: string, { values }: HandlerContext): void {
  const principal = values.get(principalKey);
  if (principal === undefined || principal.sessions.some((pattern) => createGlob(pattern)(session))) return;
  throw new StoreError(mayNotAct(principal.id, session));
}
