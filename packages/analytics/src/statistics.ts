import {
  type AnalyticsStore,
  checkName,
  checkWhole,
  type Refusal,
  readPattern,
  type Selection,
  type Store,
  StoreError,
  storeError,
  unknownVariable,
  type Variable,
  type VariableStats,
} from "@trimtab/core";
import { writeStats } from "./stats-file.ts";
import { readLatency } from "./usage/latency-sketch.ts";
import { ownerOf, type Uses } from "./usage/uses.ts";

type Statistics = Pick<
  AnalyticsStore,
  "getVariableStats" | "getVariablesStats" | "getVariablesWithStats" | "exportStats" | "reportClientReads"
>;

/** A report of client reads may be retried for this long. */
const requestMs = 600_000;
const rememberedRequests = 10_000;
/** Variables in one report of client reads. */
const maxReads = 10_000;

/** The part of analytics that tells of single variables. */
export function createStatistics(store: Store, uses: Uses): Statistics {
  const statsOf = createStatsReader(uses);
  const isNew = createRequestMemory(uses.clock.now);
  const getVariablesWithStats: Statistics["getVariablesWithStats"] = async (session, refs, options) => {
    const found = await store.getVariables(session, refs, options);
    return {
      ...found,
      stats: new Map(Array.from(found.found, ([ref, variable]) => [ref, statsOf(ownerOf(session, ref), variable)])),
    };
  };
  return {
    getVariablesWithStats,
    getVariableStats: async (session, ref) => statsOf(ownerOf(session, ref), await store.getVariable(session, ref)),
    async getVariablesStats(session, refs) {
      const { stats, missing } = await getVariablesWithStats(session, refs);
      return { stats, missing };
    },
    async exportStats(session, format, selection = {}) {
      const variables = await selectedVariables(store, session, selection);
      return writeStats(
        variables.map((variable) => ({ session, variable, stats: statsOf(session, variable) })),
        format,
      );
    },
    async reportClientReads(session, reads, { requestId } = {}) {
      refuseIf(requestId === undefined ? undefined : checkName(requestId, "requestId", 255));
      if (reads.length > maxReads) {
        const details = { field: "reads", limit: maxReads, value: reads.length };
        throw storeError(
          "limit_exceeded",
          `a report may hold ${maxReads} variables, this one has ${reads.length}`,
          details,
        );
      }
      for (const [index, { cacheHits = 0, cacheMisses = 0 }] of reads.entries()) {
        refuseIf(checkWhole(cacheHits, `reads[${index}].cacheHits`, 0));
        refuseIf(checkWhole(cacheMisses, `reads[${index}].cacheMisses`, 0));
      }
      const { found } = await store.getVariables(session, [...new Set(reads.map(({ ref }) => ref))]);
      if (requestId !== undefined && !isNew(`${session}/${requestId}`)) return;
      for (const { ref, cacheHits = 0, cacheMisses = 0, lastReadAtMs } of reads) {
        const variable = found.get(ref);
        if (variable === undefined) continue;
        uses.cached(ownerOf(session, ref), variable.id, { hits: cacheHits, misses: cacheMisses, atMs: lastReadAtMs });
      }
    },
  };
}

function refuseIf(refusal: Refusal | undefined): void {
  if (refusal !== undefined) throw new StoreError(refusal);
}

/** Remembers requests for a while; says whether one is new. */
function createRequestMemory(now: () => number): (request: string) => boolean {
  const seen = new Map<string, number>();
  return (request) => {
    const nowMs = now();
    for (const [oldest, atMs] of seen) {
      if (seen.size < rememberedRequests && nowMs - atMs < requestMs) break;
      seen.delete(oldest);
    }
    if (seen.has(request)) return false;
    seen.set(request, nowMs);
    return true;
  };
}

/** Makes the function that puts together what is known of a variable. */
export function createStatsReader(uses: Uses): (session: string, variable: Variable) => VariableStats {
  return (session, variable) => {
    const ofSession = uses.of(session);
    const counted = ofSession?.variables.get(variable.id);
    const writtenAtMs = variable.version > 0 ? variable.updatedAtMs : undefined;
    const accesses = [counted?.lastAccessedAtMs, writtenAtMs].filter((atMs) => atMs !== undefined);
    return {
      readCount: counted?.reads ?? 0,
      writeCount: variable.version,
      cacheHits: counted?.cacheHits ?? 0,
      cacheMisses: counted?.cacheMisses ?? 0,
      readLatency: readLatency([counted?.readLatency]),
      writeLatency: readLatency([counted?.writeLatency]),
      observerCount: ofSession?.observersOf(variable) ?? 0,
      ...(accesses.length > 0 && { lastAccessedAtMs: Math.max(...accesses) }),
      sinceMs: ofSession?.sinceMs ?? uses.sinceMs,
    };
  };
}

/** The variables that a selection covers, all of the session's where it names none; rejects with `not_found`. */
export async function selectedVariables(
  store: Store,
  session: string,
  { refs = [], pattern }: Selection,
): Promise<Variable[]> {
  const foreign = refs.find((ref) => ref.includes("/"));
  if (foreign !== undefined) {
    const message = `refs: ${foreign} is of another session, whose variables are not selected here`;
    throw storeError("invalid_argument", message, { field: "refs", value: foreign });
  }
  const selected = new Map<string, Variable>();
  if (refs.length > 0) {
    const { found, missing } = await store.getVariables(session, refs);
    const [unknown] = missing;
    if (unknown !== undefined) throw new StoreError(unknownVariable(unknown));
    for (const variable of found.values()) selected.set(variable.id, variable);
  }
  if (refs.length === 0 || pattern !== undefined) {
    const matches = readPattern(pattern);
    for (const variable of await allVariables(store, session)) {
      if (matches(variable.name)) selected.set(variable.id, variable);
    }
  }
  return [...selected.values()];
}

/** Every variable that a store shows of a session. */
export async function allVariables(store: Store, session: string): Promise<Variable[]> {
  const variables: Variable[] = [];
  let pageToken: string | undefined;
  do {
    const page = await store.listVariables(session, { pageSize: 1000, ...(pageToken !== undefined && { pageToken }) });
    variables.push(...page.items);
    pageToken = page.nextPageToken;
  } while (pageToken !== undefined);
  return variables;
}
