import type { HandlerContext, ServiceImpl } from "@connectrpc/connect";
import { type Store, storeError, type WatchOptions } from "@trimtab/core";
import { present, toWireWatchEvent } from "@trimtab/wire";
import type { WatchService, WatchVariablesRequest, WatchVariablesResponse } from "@trimtab/wire/services";
import { type Calls, required } from "./calls.ts";
import { sessionOf } from "./request-parts.ts";
import { encodedOnce } from "./shared-encoding.ts";

/**
 * Serves a store's watches. A watch ends with its session, when the caller goes away, and with `unavailable` when the
 * server shuts down.
 */
export function createWatchService(
  store: Store,
  shutdown: AbortSignal | undefined,
  { stream }: Calls,
): ServiceImpl<typeof WatchService> {
  return { watchVariables: stream((request, context) => watch(request, context, { store, shutdown })) };
}

async function* watch(
  request: WatchVariablesRequest,
  context: HandlerContext,
  { store, shutdown }: { store: Store; shutdown: AbortSignal | undefined },
): AsyncGenerator<WatchVariablesResponse> {
  const signal = shutdown === undefined ? context.signal : AbortSignal.any([context.signal, shutdown]);
  const session = sessionOf(request);
  const selection = present({ refs: refsOf(request), pattern: request.pattern || undefined });
  const isBinary = !/\bjson\b/.test(context.requestHeader.get("content-type") ?? "");
  if (!signal.aborted) {
    for await (const event of store.watch(session, selection, toWatchOptions(request, signal))) {
      for (const message of toWireWatchEvent(event)) yield isBinary ? encodedOnce(message) : message;
    }
  }
  context.signal.throwIfAborted();
  if (shutdown?.aborted) throw storeError("unavailable", "server is shutting down", {});
}

const refsOf = (request: WatchVariablesRequest) =>
  request.variables.length > 0
    ? request.variables.map((ref, index) => required(ref, `variables[${index}]`))
    : undefined;

const toWatchOptions = (request: WatchVariablesRequest, signal: AbortSignal): WatchOptions =>
  present({
    after: request.resumeToken || undefined,
    initialValues: !request.omitInitialValues,
    coalesce: request.coalesce,
    oldValues: request.includeOldValues,
    filter: request.filter || undefined,
    distinct: request.distinct,
    signal,
  });
