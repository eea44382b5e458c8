import type { ServiceImpl } from "@connectrpc/connect";
import { type AnalyticsStore, type StatsFormat, storeError, type TimeRange } from "@trimtab/core";
import {
  fromDuration,
  fromTimestamp,
  fromUint64,
  fromWireUsageGrouping,
  present,
  toUint64,
  toWireConvergence,
  toWireCorrelation,
  toWireImpacts,
  toWireStatsEvent,
  toWireUsageReport,
  toWireVariableStats,
} from "@trimtab/wire";
import {
  type AnalyticsService,
  type ReportClientReadsRequest,
  type WatchStatsRequest,
  StatsFormat as WireStatsFormat,
  type TimeRange as WireTimeRange,
} from "@trimtab/wire/services";
import { type Calls, required } from "./calls.ts";
import { mapEntries, sessionOf } from "./request-parts.ts";

type Methods<Name extends keyof ServiceImpl<typeof AnalyticsService>> = Pick<
  ServiceImpl<typeof AnalyticsService>,
  Name
>;

/** Serves how variables are used. */
export function createAnalyticsService(
  analytics: AnalyticsStore,
  shutdown: AbortSignal | undefined,
  calls: Calls,
): ServiceImpl<typeof AnalyticsService> {
  return { ...statistics(analytics, shutdown, calls), ...reports(analytics, calls) };
}

const statistics = (
  analytics: AnalyticsStore,
  shutdown: AbortSignal | undefined,
  { unary, stream }: Calls,
): Methods<"getVariableStats" | "batchGetVariableStats" | "exportStats" | "watchStats" | "reportClientReads"> => ({
  getVariableStats: unary(async (request) => {
    const ref = required(request.variable, "variable");
    return { stats: toWireVariableStats(await analytics.getVariableStats(sessionOf(request), ref)) };
  }),
  batchGetVariableStats: unary(async (request) => {
    const { stats, missing } = await analytics.getVariablesStats(sessionOf(request), request.variables);
    return { stats: mapEntries(stats, toWireVariableStats), missing: [...missing] };
  }),
  exportStats: unary(async (request) => {
    const { data, contentType } = await analytics.exportStats(
      sessionOf(request),
      toFormat(request.format),
      toSelection(request),
    );
    // Of a bytes field protobuf's types ask for the buffer that it stands on.
    return { data: new Uint8Array(data), contentType };
  }),
  watchStats: stream(async function* (request, context) {
    const signal = shutdown === undefined ? context.signal : AbortSignal.any([context.signal, shutdown]);
    const options = present({ intervalMs: request.interval && fromDuration(request.interval, "interval"), signal });
    for await (const event of analytics.watchStats(sessionOf(request), toSelection(request), options)) {
      yield toWireStatsEvent(event);
    }
    context.signal.throwIfAborted();
    if (shutdown?.aborted) throw storeError("unavailable", "server is shutting down", {});
  }),
  reportClientReads: unary(async (request) => {
    const options = present({ requestId: request.requestId || undefined });
    await analytics.reportClientReads(sessionOf(request), toReads(request), options);
    return {};
  }),
});

const toReads = ({ reads }: ReportClientReadsRequest) =>
  reads.map(({ variable, cacheHits, cacheMisses, lastReadAt }, index) =>
    present({
      ref: required(variable, `reads[${index}].variable`),
      cacheHits: fromUint64(cacheHits, `reads[${index}].cache_hits`),
      cacheMisses: fromUint64(cacheMisses, `reads[${index}].cache_misses`),
      lastReadAtMs: lastReadAt && fromTimestamp(lastReadAt, `reads[${index}].last_read_at`),
    }),
  );

const reports = (
  analytics: AnalyticsStore,
  { unary }: Calls,
): Methods<"analyzeUsage" | "getCorrelations" | "getImpact" | "getConvergenceReport"> => ({
  analyzeUsage: unary(async (request) => {
    const options = present({
      ...toTimes(request.timeRange),
      sessionPattern: request.sessionPattern || undefined,
      groupBy: fromWireUsageGrouping(request.groupBy),
      top: request.top || undefined,
    });
    return toWireUsageReport(await analytics.analyzeUsage(sessionOf(request), options));
  }),
  getCorrelations: unary(async (request) => {
    const options = present({
      ...toTimes(request.timeRange),
      refs: refsOf(request),
      minPoints: request.minPoints || undefined,
      minStrength: request.minStrength,
    });
    const { correlations, revision } = await analytics.getCorrelations(sessionOf(request), options);
    return { correlations: correlations.map(toWireCorrelation), revision: toUint64(revision) };
  }),
  getImpact: unary(async (request) => {
    const options = present({
      ...toTimes(request.timeRange),
      refs: refsOf(request),
      optimization: request.optimizationId || undefined,
      study: request.studyId || undefined,
    });
    return toWireImpacts(await analytics.getImpact(sessionOf(request), required(request.metric, "metric"), options));
  }),
  getConvergenceReport: unary(async (request) => {
    const { case: field, value: id } = request.source;
    if (!id) throw storeError("invalid_argument", "optimizationId or studyId is required", { field: "source" });
    const search = { kind: field === "studyId" ? "study" : "optimization", id } as const;
    return toWireConvergence(await analytics.getConvergenceReport(sessionOf(request), search));
  }),
});

const refsOf = ({ variables }: { variables: string[] }) =>
  variables.length === 0 ? undefined : variables.map((ref, index) => required(ref, `variables[${index}]`));

const toSelection = (request: Pick<WatchStatsRequest, "variables" | "pattern">) =>
  present({ refs: refsOf(request), pattern: request.pattern || undefined });

const toTimes = (range: WireTimeRange | undefined): TimeRange =>
  present({
    sinceMs: range?.since && fromTimestamp(range.since, "time_range.since"),
    untilMs: range?.until && fromTimestamp(range.until, "time_range.until"),
  });

const formats: ReadonlyMap<WireStatsFormat, StatsFormat> = new Map([
  [WireStatsFormat.UNSPECIFIED, "json"],
  [WireStatsFormat.JSON, "json"],
  [WireStatsFormat.CSV, "csv"],
  [WireStatsFormat.PROMETHEUS, "prometheus"],
]);

function toFormat(wire: WireStatsFormat): StatsFormat {
  const format = formats.get(wire);
  if (format !== undefined) return format;
  throw storeError("invalid_argument", `format is ${wire}, which is not known`, { field: "format", value: wire });
}
