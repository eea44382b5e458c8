import { type Client, createClient, type Transport } from "@connectrpc/connect";
import {
  type AnalyticsStore,
  analyticsArguments,
  checkedCalls,
  checkTimeRange,
  checkWhole,
  type Selection,
  type StatsEvent,
  type StatsFormat,
  storeError,
  type TimeRange,
  type WatchStatsOptions,
} from "@trimtab/core";
import {
  encodeText,
  fromUint64,
  fromWireConvergence,
  fromWireCorrelation,
  fromWireImpacts,
  fromWireStatsEvent,
  fromWireUsageReport,
  fromWireVariableStats,
  present,
  toDuration,
  toTimestamp,
  toUint64,
  toWireUsageGrouping,
} from "@trimtab/wire";
import { AnalyticsService, VariableService, StatsFormat as WireStatsFormat } from "@trimtab/wire/services";
import { requireClient } from "./argument-kinds.ts";
import { encodeFilter, encodeRef, refuseIf } from "./arguments.ts";
import { encodeBatchRead, readFound } from "./batch-read.ts";
import { type Caller, createCaller } from "./caller.ts";
import { streamCall } from "./stream-call.ts";

/** How long calls for analytics may take. */
export interface AnalyticsClientOptions {
  /** As that of a store's client. */
  readonly timeoutMs?: number;
}

/** Gives the analytics of the server behind a transport; they reject as those in process do. */
export function createAnalyticsClient(transport: Transport, options: AnalyticsClientOptions = {}): AnalyticsStore {
  requireClient(transport, options);
  const client = createClient(AnalyticsService, transport);
  const caller = createCaller({ actor: undefined, origin: "typescript", timeoutMs: options.timeoutMs ?? 30_000 });
  const calls: AnalyticsStore = {
    ...createStatisticsCalls(client, createClient(VariableService, transport), caller),
    ...createReportCalls(client, caller),
    watchStats: (session, selection = {}, watching = {}) => watchStats(client, session, { selection, watching }),
  };
  return checkedCalls(calls, analyticsArguments);
}

type Analytics = Client<typeof AnalyticsService>;

const statsByRef = (stats: { readonly [ref: string]: Parameters<typeof fromWireVariableStats>[0] }) =>
  new Map(Object.entries(stats).map(([ref, each]) => [ref, fromWireVariableStats(each, `stats.${ref}`)]));

const encodeRefs = (session: string, refs: readonly string[]) => ({
  sessionId: encodeText(session, "session"),
  variables: refs.map((ref) => encodeText(ref, "refs")),
});

const encodeSelection = (session: string, { refs = [], pattern }: Selection) => ({
  ...encodeRefs(session, refs),
  pattern: encodeFilter(pattern, "pattern"),
});

const createStatisticsCalls = (
  client: Analytics,
  variables: Client<typeof VariableService>,
  { call }: Caller,
): Pick<
  AnalyticsStore,
  "getVariableStats" | "getVariablesStats" | "getVariablesWithStats" | "exportStats" | "reportClientReads"
> => ({
  getVariableStats: (session, ref) =>
    call(
      (to) => client.getVariableStats(encodeRef(session, ref), to),
      ({ stats }) => fromWireVariableStats(stats),
    ),
  getVariablesStats: (session, refs) =>
    call(
      (to) => client.batchGetVariableStats(encodeRefs(session, refs), to),
      ({ stats, missing }) => ({ stats: statsByRef(stats), missing }),
    ),
  getVariablesWithStats: (session, refs, options = {}) =>
    call(
      (to) => variables.batchGetVariables({ ...encodeBatchRead(session, refs, options), includeStats: true }, to),
      (answer) => ({ ...readFound(answer, options), stats: statsByRef(answer.stats) }),
    ),
  exportStats: (session, format, selection = {}) =>
    call(
      (to) => client.exportStats({ ...encodeSelection(session, selection), format: encodeFormat(format) }, to),
      ({ data, contentType }) => ({ data, contentType }),
    ),
  reportClientReads: (session, reads, { requestId = "" } = {}) =>
    call(
      (to) => {
        const encoded = reads.map(({ ref, cacheHits = 0, cacheMisses = 0, lastReadAtMs }, index) => {
          refuseIf(checkWhole(cacheHits, `reads[${index}].cacheHits`, 0));
          refuseIf(checkWhole(cacheMisses, `reads[${index}].cacheMisses`, 0));
          return present({
            variable: encodeText(ref, `reads[${index}].ref`),
            cacheHits: toUint64(cacheHits),
            cacheMisses: toUint64(cacheMisses),
            lastReadAt: lastReadAtMs === undefined ? undefined : toTimestamp(lastReadAtMs),
          });
        });
        return client.reportClientReads({ sessionId: encodeText(session, "session"), reads: encoded, requestId }, to);
      },
      () => undefined,
    ),
});

const formats = {
  json: WireStatsFormat.JSON,
  csv: WireStatsFormat.CSV,
  prometheus: WireStatsFormat.PROMETHEUS,
} as const satisfies Record<StatsFormat, WireStatsFormat>;

function encodeFormat(format: StatsFormat): WireStatsFormat {
  if (Object.hasOwn(formats, format)) return formats[format];
  const message = `format must be one of ${Object.keys(formats).join(", ")}, got ${String(format)}`;
  throw storeError("invalid_argument", message, { field: "format", value: String(format) });
}

const createReportCalls = (
  client: Analytics,
  { call }: Caller,
): Pick<AnalyticsStore, "analyzeUsage" | "getCorrelations" | "getImpact" | "getConvergenceReport"> => ({
  analyzeUsage: (session, { sessionPattern, groupBy = "type", top = 20, ...range } = {}) =>
    call((to) => {
      refuseIf(checkWhole(top, "top", 1));
      const pattern = encodeFilter(sessionPattern, "sessionPattern");
      const how = { sessionPattern: pattern, groupBy: toWireUsageGrouping(groupBy), top };
      return client.analyzeUsage({ sessionId: encodeText(session, "session"), ...how, ...encodeRange(range) }, to);
    }, fromWireUsageReport),
  getCorrelations: (session, { refs = [], minPoints = 3, minStrength = 0, ...range } = {}) =>
    call(
      (to) => {
        refuseIf(checkWhole(minPoints, "minPoints", 3));
        return client.getCorrelations(
          { ...encodeRefs(session, refs), minPoints, minStrength, ...encodeRange(range) },
          to,
        );
      },
      ({ correlations, revision }) => ({
        correlations: correlations.map(fromWireCorrelation),
        revision: fromUint64(revision, "revision"),
      }),
    ),
  getImpact: (session, metric, { refs = [], optimization = "", study = "", ...range } = {}) =>
    call((to) => {
      const of = {
        metric: encodeText(metric, "metric"),
        optimizationId: encodeText(optimization, "optimization"),
        studyId: encodeText(study, "study"),
      };
      return client.getImpact({ ...encodeRefs(session, refs), ...of, ...encodeRange(range) }, to);
    }, fromWireImpacts),
  getConvergenceReport: (session, { kind, id }) =>
    call((to) => {
      const value = encodeText(id, kind);
      const source =
        kind === "study" ? ({ case: "studyId", value } as const) : ({ case: "optimizationId", value } as const);
      return client.getConvergenceReport({ sessionId: encodeText(session, "session"), source }, to);
    }, fromWireConvergence),
});

function encodeRange(range: TimeRange) {
  refuseIf(checkTimeRange(range));
  const { sinceMs, untilMs } = range;
  return {
    timeRange: present({
      since: sinceMs === undefined ? undefined : toTimestamp(sinceMs),
      until: untilMs === undefined ? undefined : toTimestamp(untilMs),
    }),
  };
}

interface StatsWatch {
  readonly selection: Selection;
  readonly watching: WatchStatsOptions;
}

const watchStats = (
  client: Analytics,
  session: string,
  { selection, watching: { intervalMs, signal } }: StatsWatch,
): AsyncIterable<StatsEvent> =>
  streamCall({
    open: (until) => {
      const interval = intervalMs === undefined ? {} : { interval: toDuration(intervalMs) };
      return client.watchStats(
        { ...encodeSelection(session, selection), ...interval },
        { signal: until, timeoutMs: 0 },
      );
    },
    reader: () => fromWireStatsEvent,
    signal,
  });
