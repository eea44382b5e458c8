import type { ServiceImpl } from "@connectrpc/connect";
import type { ListCommitsOptions, ListHistoryOptions, Store } from "@trimtab/core";
import {
  fromWirePoint,
  fromWireVersionPoint,
  present,
  toTimestamp,
  toUint64,
  toWireCommit,
  toWireDifference,
  toWireVariable,
  toWireVersion,
} from "@trimtab/wire";
import type { HistoryService, ListCommitsRequest, ListVariableHistoryRequest } from "@trimtab/wire/services";
import { type Calls, required } from "./calls.ts";
import { createLabelMethods } from "./label-methods.ts";
import { toPageOptions } from "./page-options.ts";
import { pointOrPresent } from "./present-point.ts";
import { sessionOf } from "./request-parts.ts";
import { createRollbackMethods } from "./rollback-methods.ts";
import { toTimeRange } from "./time-range.ts";

type Methods<Name extends keyof ServiceImpl<typeof HistoryService>> = Pick<ServiceImpl<typeof HistoryService>, Name>;

/** Serves the past of a store's sessions, the way back to it, and labels on it. */
export const createHistoryService = (store: Store, calls: Calls): ServiceImpl<typeof HistoryService> => ({
  ...ofVariables(store, calls),
  ...ofSessions(store, calls),
  ...createRollbackMethods(store, calls),
  ...createLabelMethods(store, calls),
});

const ofVariables = (store: Store, { unary }: Calls): Methods<"listVariableHistory" | "getVariableAt"> => ({
  listVariableHistory: unary(async (request) => {
    const ref = required(request.variable, "variable");
    const page = await store.listVariableHistory(sessionOf(request), ref, toHistoryOptions(request));
    return {
      versions: page.items.map(toWireVersion),
      nextPageToken: page.nextPageToken ?? "",
      revision: toUint64(page.revision),
    };
  }),
  getVariableAt: unary(async (request) => {
    const session = sessionOf(request);
    const ref = required(request.variable, "variable");
    const at = await pointOrPresent(store, session, fromWireVersionPoint(request.at, "at"), ref);
    return { variable: toWireVariable(await store.getVariableAt(session, ref, at)) };
  }),
});

const toHistoryOptions = (request: ListVariableHistoryRequest): ListHistoryOptions =>
  toPageOptions(request, {
    offset: request.offset,
    ...toTimeRange(request.timeRange),
    optimizer: request.optimizer || undefined,
    optimization: request.optimizationId || undefined,
    includeMetadata: request.includeMetadata,
  });

const ofSessions = (store: Store, { unary }: Calls): Methods<"getSessionAt" | "diffRevisions" | "listCommits"> => ({
  getSessionAt: unary(async (request) => {
    const session = sessionOf(request);
    const at = await pointOrPresent(store, session, fromWirePoint(request.at, "at"));
    const options = toPageOptions(request, { pattern: request.pattern || undefined });
    const page = await store.getSessionAt(session, at, options);
    return {
      variables: page.items.map(toWireVariable),
      nextPageToken: page.nextPageToken ?? "",
      revision: toUint64(page.revision),
      committedAt: toTimestamp(page.atMs),
    };
  }),
  diffRevisions: unary(async (request) => {
    const session = sessionOf(request);
    const before = await pointOrPresent(store, session, fromWirePoint(request.before, "before"));
    const range = present({ before, after: fromWirePoint(request.after, "after") });
    const options = toPageOptions(request, { pattern: request.pattern || undefined });
    const page = await store.diffRevisions(session, range, options);
    return {
      differences: page.items.map(toWireDifference),
      nextPageToken: page.nextPageToken ?? "",
      beforeRevision: toUint64(page.beforeRevision),
      afterRevision: toUint64(page.afterRevision),
    };
  }),
  listCommits: unary(async (request) => {
    const page = await store.listCommits(sessionOf(request), toCommitOptions(request));
    return { commits: page.items.map(toWireCommit), nextPageToken: page.nextPageToken ?? "" };
  }),
});

const toCommitOptions = (request: ListCommitsRequest): ListCommitsOptions =>
  toPageOptions(request, {
    variable: request.variable || undefined,
    actor: request.actor || undefined,
    ...toTimeRange(request.timeRange),
    includeValues: request.includeValues,
  });
