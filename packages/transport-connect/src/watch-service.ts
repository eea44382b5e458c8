import type { HandlerContext, ServiceImpl } from "@connectrpc/connect";
import {
  mapPrompt,
  type PromptIterator,
  promptOf,
  type Store,
  storeError,
  type WatchEvent,
  type WatchOptions,
} from "@trimtab/core";
import { present, toWireChanges, toWireWatchEvent } from "@trimtab/wire";
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

function watch(
  request: WatchVariablesRequest,
  context: HandlerContext,
  { store, shutdown }: { store: Store; shutdown: AbortSignal | undefined },
): AsyncIterable<WatchVariablesResponse> {
  const signal = shutdown === undefined ? context.signal : AbortSignal.any([context.signal, shutdown]);
  const selection = present({ refs: refsOf(request), pattern: request.pattern || undefined });
  const isBinary = !/\bjson\b/.test(context.requestHeader.get("content-type") ?? "");
  const events = store.watch(sessionOf(request), selection, toWatchOptions(request, signal))[Symbol.asyncIterator]();
  return toMessages(events, {
    of: isBinary ? encodedOnce : (message) => message,
    finish() {
      context.signal.throwIfAborted();
      if (shutdown?.aborted) throw storeError("unavailable", "server is shutting down", {});
    },
  });
}

/** How events become the messages of a stream. */
interface Messages {
  readonly of: (message: WatchVariablesResponse) => WatchVariablesResponse;
  /** Called when there are no more events; what it throws ends the stream. */
  readonly finish: () => void;
}

/** The messages of events, one promise for each or none. */
function toMessages(
  events: AsyncIterator<WatchEvent>,
  { of, finish }: Messages,
): AsyncIterableIterator<WatchVariablesResponse, undefined> & PromptIterator<WatchVariablesResponse> {
  // Where an event takes several messages, those that have not been asked for yet.
  let rest: Iterator<WatchVariablesResponse, undefined> | undefined;
  const nextOf = (parts: Iterator<WatchVariablesResponse, undefined>) => {
    const part = parts.next();
    if (part.done === true) rest = undefined;
    return part;
  };
  const take = (result: IteratorResult<WatchEvent>): IteratorResult<WatchVariablesResponse, undefined> => {
    if (result.done === true) {
      finish();
      return { done: true, value: undefined };
    }
    if (result.value.kind === "changes") return { done: false, value: of(toWireChanges(result.value)) };
    rest = toWireWatchEvent(result.value);
    return nextOf(rest);
  };
  /** What is left of the event before. */
  const left = () => {
    const part = rest === undefined ? undefined : nextOf(rest);
    return part?.done === true ? undefined : part;
  };
  const messages: ReturnType<typeof toMessages> = {
    next() {
      const part = left();
      return part === undefined ? events.next().then(take) : Promise.resolve(part);
    },
    async return() {
      await events.return?.();
      return { done: true, value: undefined };
    },
    prompt() {
      const prompt = promptOf(events);
      if (prompt === undefined) return undefined;
      const { poll, onReady } = mapPrompt(prompt, take);
      return { poll: () => left() ?? poll(), onReady };
    },
    [Symbol.asyncIterator]: () => messages,
  };
  return messages;
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
    sessionPermissions: request.includeSessionPermissions,
    signal,
  });
