import type { Client } from "@connectrpc/connect";
import {
  checkTimeRange,
  checkWhole,
  type ListCommitsOptions,
  type ListHistoryOptions,
  type Store,
} from "@trimtab/core";
import {
  encodeFlag,
  encodeText,
  fromTimestamp,
  fromUint64,
  fromWireCommit,
  fromWireDifference,
  fromWireVariable,
  fromWireVersion,
  toTimestamp,
  toWirePoint,
  toWireVersionPoint,
} from "@trimtab/wire";
import type { HistoryService } from "@trimtab/wire/services";
import { readPage } from "./answers.ts";
import { encodeFilter, encodePage, encodeRef, refuseIf } from "./arguments.ts";
import type { Caller } from "./caller.ts";

type OfVariables = Pick<Store, "listVariableHistory" | "getVariableAt">;
type OfSessions = Pick<Store, "getSessionAt" | "diffRevisions" | "listCommits">;

/** The part of a store that tells what was, over a transport. */
export const createHistoryCalls = (
  client: Client<typeof HistoryService>,
  caller: Caller,
): OfVariables & OfSessions => ({
  ...createOfVariables(client, caller),
  ...createOfSessions(client, caller),
});

const createOfVariables = (client: Client<typeof HistoryService>, { call }: Caller): OfVariables => ({
  listVariableHistory: (session, ref, options = {}) =>
    call(
      (to) => client.listVariableHistory({ ...encodeRef(session, ref), ...encodeHistory(options) }, to),
      (answer) => ({
        ...readPage(answer.versions, answer, fromWireVersion),
        revision: fromUint64(answer.revision, "revision"),
      }),
    ),
  getVariableAt: (session, ref, at) =>
    call(
      (to) => client.getVariableAt({ ...encodeRef(session, ref), at: toWireVersionPoint(at) }, to),
      (answer) => fromWireVariable(answer.variable),
    ),
});

const encodeHistory = (options: ListHistoryOptions) => ({
  ...encodePage(options),
  offset: encodeOffset(options.offset),
  timeRange: encodeTimes(options),
  optimizer: encodeFilter(options.optimizer, "optimizer"),
  optimizationId: encodeFilter(options.optimization, "optimization"),
  includeMetadata: options.includeMetadata !== false,
});

const maxOffset = 2 ** 32 - 1;

/** Versions to pass over; beyond what a request can carry there is none left to show. */
function encodeOffset(offset = 0): number {
  refuseIf(checkWhole(offset, "offset", 0));
  return Math.min(offset, maxOffset);
}

/** The range in which to look; a whole one, since a request carries no times that are none. */
function encodeTimes(range: { readonly sinceMs?: number; readonly untilMs?: number }) {
  refuseIf(checkTimeRange(range));
  const { sinceMs, untilMs } = range;
  return {
    ...(sinceMs !== undefined && { since: toTimestamp(sinceMs) }),
    ...(untilMs !== undefined && { until: toTimestamp(untilMs) }),
  };
}

const createOfSessions = (client: Client<typeof HistoryService>, { call }: Caller): OfSessions => ({
  getSessionAt: (session, at, options = {}) =>
    call(
      (to) => {
        const pattern = encodeFilter(options.pattern, "pattern");
        const where = { sessionId: encodeText(session, "session"), at: toWirePoint(at) };
        return client.getSessionAt({ ...where, pattern, ...encodePage(options) }, to);
      },
      (answer) => ({
        ...readPage(answer.variables, answer, fromWireVariable),
        revision: fromUint64(answer.revision, "revision"),
        atMs: fromTimestamp(answer.committedAt, "committed_at"),
      }),
    ),
  diffRevisions: (session, { before, after }, options = {}) =>
    call(
      (to) => {
        const pattern = encodeFilter(options.pattern, "pattern");
        const range = { before: toWirePoint(before), ...(after !== undefined && { after: toWirePoint(after) }) };
        const sessionId = encodeText(session, "session");
        return client.diffRevisions({ sessionId, ...range, pattern, ...encodePage(options) }, to);
      },
      (answer) => ({
        ...readPage(answer.differences, answer, fromWireDifference),
        beforeRevision: fromUint64(answer.beforeRevision, "before_revision"),
        afterRevision: fromUint64(answer.afterRevision, "after_revision"),
      }),
    ),
  listCommits: (session, options = {}) =>
    call(
      (to) => client.listCommits({ sessionId: encodeText(session, "session"), ...encodeCommits(options) }, to),
      (answer) => readPage(answer.commits, answer, fromWireCommit),
    ),
});

const encodeCommits = (options: ListCommitsOptions) => ({
  ...encodePage(options),
  variable: encodeFilter(options.variable, "variable"),
  actor: encodeFilter(options.actor, "actor"),
  timeRange: encodeTimes(options),
  includeValues: encodeFlag(options.includeValues, "includeValues"),
});
