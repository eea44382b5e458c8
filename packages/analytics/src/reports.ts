import {
  type AnalyticsStore,
  checkTimeRange,
  checkWhole,
  readPattern,
  type Store,
  StoreError,
  storeError,
  type TimeRange,
  type UsageGrouping,
  unknownVariable,
  type Variable,
} from "@trimtab/core";
import { convergenceOf } from "./convergence.ts";
import { correlate } from "./correlations.ts";
import { impactsOf } from "./impact.ts";
import { approachOf, impactPointsOf } from "./optimization-runs.ts";
import { allVariables } from "./statistics.ts";
import { approachOfStudy, impactPointsOfStudy, readStudies, readStudy, type StudyReads } from "./study-runs.ts";
import type { Uses } from "./usage/uses.ts";
import { mostWritten, reportUsage } from "./usage-report.ts";
import type { WriteWindows } from "./write-windows.ts";

/** What reports are made from. */
export interface ReportSources {
  readonly store: Store;
  readonly uses: Uses;
  readonly windows: WriteWindows;
  readonly studies: StudyReads | undefined;
}

type Reports = Pick<AnalyticsStore, "analyzeUsage" | "getCorrelations" | "getImpact" | "getConvergenceReport">;

/** Sessions that one report covers at most. */
const maxSessions = 100;
/** Variables that are compared with each other at most. */
const maxCompared = 100;
const groupings: readonly UsageGrouping[] = ["type", "origin", "session", "actor"];

/** The part of analytics that reports on whole sessions. */
export function createReports({ store, uses, windows, studies }: ReportSources): Reports {
  const factsOf = async (session: string) => {
    const variables = new Map((await allVariables(store, session)).map((variable) => [variable.id, variable]));
    return { session, variables, window: await windows.upToDate(session), uses: uses.of(session) };
  };
  return {
    async analyzeUsage(session, { sessionPattern, groupBy = "type", top = 20, ...range } = {}) {
      checkRange(range);
      checkNumber(top, "top", { least: 1, most: 1000, isWhole: true });
      if (!groupings.includes(groupBy)) throw invalid("groupBy", `must be one of ${groupings.join(", ")}`, groupBy);
      const sessions = sessionPattern === undefined ? [session] : await sessionsLike(store, sessionPattern);
      const facts = await Promise.all(
        sessions.map(async (each) => ({ ...(await factsOf(each)), studies: await readStudies(studies, each, top) })),
      );
      return reportUsage(facts, { range, groupBy, top, nowMs: uses.clock.now() });
    },
    async getCorrelations(session, { refs, minPoints = 3, minStrength = 0, ...range } = {}) {
      checkRange(range);
      checkNumber(minPoints, "minPoints", { least: 3, isWhole: true });
      checkNumber(minStrength, "minStrength", { least: 0, most: 1 });
      if (refs !== undefined && refs.length > maxCompared) {
        const details = { field: "refs", limit: maxCompared, value: refs.length };
        throw storeError(
          "limit_exceeded",
          `at most ${maxCompared} variables are compared, got ${refs.length}`,
          details,
        );
      }
      const { window, variables } = await factsOf(session);
      const wanted =
        refs === undefined ? mostWritten(window, variables, { ...range, count: maxCompared }) : named(variables, refs);
      return {
        correlations: correlate(window, wanted, { ...range, minPoints, minStrength }),
        revision: window.revision,
      };
    },
    async getImpact(session, metric, { refs, optimization, study, ...range } = {}) {
      checkRange(range);
      if (optimization !== undefined && study !== undefined) {
        throw invalid("study", "cannot go with an optimization", study);
      }
      if (typeof metric !== "string" || metric === "") throw invalid("metric", "must not be empty", metric);
      const { window, variables } = await factsOf(session);
      const wanted = refs === undefined ? { reported: [...variables.values()] } : named(variables, refs);
      if (study !== undefined) {
        const run = await readStudy(studies, session, study);
        const points = impactPointsOfStudy(run, { ...range, metric }, variables.values());
        return { impacts: impactsOf(points, wanted), revision: window.revision };
      }
      const of = { ...range, metric, ...(optimization !== undefined && { optimization }) };
      const ids = new Set(("reported" in wanted ? wanted.reported : wanted).map(({ id }) => id));
      return { impacts: impactsOf(impactPointsOf(window, of, ids), wanted), revision: window.revision };
    },
    async getConvergenceReport(session, { kind, id }) {
      if (kind === "study") return convergenceOf(approachOfStudy(await readStudy(studies, session, id)));
      const { window, variables } = await factsOf(session);
      const approach = approachOf(window, id, (variable) => variables.has(variable));
      if (approach !== undefined) return convergenceOf(approach);
      const message = `nothing was measured by an optimization ${id}`;
      throw storeError("not_found", message, { resource: "optimization", id });
    },
  };
}

/** The variables with some refs, each once, in the order of the refs; an id wins over a name. Throws `not_found`. */
function named(variables: ReadonlyMap<string, Variable>, refs: readonly string[]): Variable[] {
  const byName = new Map(Array.from(variables.values(), (variable) => [variable.name, variable]));
  const found = refs.map((ref) => {
    const variable = variables.get(ref) ?? byName.get(ref);
    if (variable === undefined) throw new StoreError(unknownVariable(ref));
    return variable;
  });
  return [...new Set(found)];
}

async function sessionsLike(store: Store, pattern: string): Promise<string[]> {
  readPattern(pattern, "sessionPattern");
  const { items, nextPageToken } = await store.listSessions({ pattern, pageSize: maxSessions });
  if (nextPageToken === undefined) return items.map(({ id }) => id);
  const details = { field: "sessionPattern", limit: maxSessions, value: maxSessions + 1 };
  throw storeError(
    "limit_exceeded",
    `a report covers ${maxSessions} sessions at most, and ${pattern} fits more`,
    details,
  );
}

function checkRange(range: TimeRange): void {
  const wrong = checkTimeRange(range);
  if (wrong !== undefined) throw new StoreError(wrong);
}

interface NumberLimits {
  readonly least: number;
  readonly most?: number;
  readonly isWhole?: boolean;
}

/** Throws `invalid_argument` for anything but a number within limits. */
export function checkNumber(value: number, field: string, { least, most, isWhole = false }: NumberLimits): void {
  const wrong = isWhole ? checkWhole(value, field, least) : undefined;
  if (wrong !== undefined) throw new StoreError(wrong);
  if (value >= least && value <= (most ?? Number.MAX_VALUE)) return;
  throw invalid(field, `must be from ${least} to ${most}`, value, value < least ? least : most);
}

function invalid(field: string, problem: string, value: unknown, limit?: number): StoreError {
  const isPlain = typeof value === "string" || typeof value === "number";
  const details = { field, ...(limit !== undefined && { limit }), ...(isPlain && { value }) };
  return storeError("invalid_argument", `${field} ${problem}, got ${String(value)}`, details);
}
