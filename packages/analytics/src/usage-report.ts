import type {
  Correlation,
  OptimizationEffect,
  TimeRange,
  UsageGroup,
  UsageGrouping,
  UsageReport,
  Variable,
  VariableUsage,
} from "@trimtab/core";
import { correlate, isWithin } from "./correlations.ts";
import { objectiveOf } from "./measurement.ts";
import { runsOf } from "./optimization-runs.ts";
import { effectOfStudy, type StudyRun } from "./study-runs.ts";
import type { SessionUses } from "./usage/uses.ts";
import type { WriteWindow, WrittenVersion } from "./write-window.ts";

/** What is known of one session: its variables that the asker may read, what was written, and what was counted. */
export interface SessionFacts {
  readonly session: string;
  readonly variables: ReadonlyMap<string, Variable>;
  readonly window: WriteWindow;
  readonly uses: SessionUses | undefined;
  readonly studies: readonly StudyRun[];
}

/** What to report. */
export interface ReportOptions {
  readonly range: TimeRange;
  readonly groupBy: UsageGrouping;
  readonly top: number;
  /** When it is now. */
  readonly nowMs: number;
}

const hourMs = 3_600_000;
/** Numeric variables of a session that are compared with each other at most. */
const compared = 20;

/** Reports who uses what, when and how often, over some sessions. */
export function reportUsage(facts: readonly SessionFacts[], options: ReportOptions): UsageReport {
  const { range, top, nowMs } = options;
  const used = facts.map((each) => usedOf(each, range));
  const usages = used.flatMap(({ variables }) => variables);
  const begun = facts.map(({ window, uses }) => Math.min(window.sinceMs ?? nowMs, uses?.sinceMs ?? nowMs));
  const sinceMs = Math.max(range.sinceMs ?? 0, Math.min(nowMs, ...begun));
  const untilMs = Math.max(sinceMs, Math.min(range.untilMs ?? nowMs, nowMs));
  return {
    mostUsed: usages
      .filter((each) => each.readCount + each.writeCount > 0)
      .sort(byUse)
      .slice(0, top),
    groups: groupsOf(used, { ...options, hours: (untilMs - sinceMs) / hourMs }),
    accessPatterns: patternsOf(used),
    optimizationEffects: facts
      .flatMap((each) => [
        ...effectsOf(each, range),
        ...each.studies.flatMap((study) => effectOfStudy(study, range) ?? []),
      ])
      .sort((a, b) => b.atMs - a.atMs)
      .slice(0, top)
      .map(({ effect }) => effect),
    correlations: facts
      .flatMap((each) => correlationsOf(each, range))
      .sort(byStrength)
      .slice(0, top),
    timeRange: { sinceMs, untilMs },
  };
}

interface UsedSession {
  readonly variables: readonly VariableUsage[];
  readonly writes: readonly WrittenVersion[];
  readonly readHours: readonly (readonly [hour: number, count: number])[];
}

function usedOf({ session, variables, window, uses }: SessionFacts, range: TimeRange): UsedSession {
  const writes = window.writes.filter(({ id, atMs }) => variables.has(id) && isWithin(atMs, range));
  const writeCounts = new Map<string, number>();
  for (const { id } of writes) writeCounts.set(id, (writeCounts.get(id) ?? 0) + 1);
  const readHours: (readonly [number, number])[] = [];
  const usages = Array.from(variables.values(), ({ id, name, type }): VariableUsage => {
    let readCount = 0;
    for (const [hour, count] of uses?.variables.get(id)?.readsByHour ?? []) {
      if (!overlaps(hour, range)) continue;
      readHours.push([hour, count]);
      readCount += count;
    }
    return { session, id, name, type, readCount, writeCount: writeCounts.get(id) ?? 0 };
  });
  return { variables: usages, writes, readHours };
}

const overlaps = (
  hour: number,
  { sinceMs = Number.NEGATIVE_INFINITY, untilMs = Number.POSITIVE_INFINITY }: TimeRange,
) => (hour + 1) * hourMs > sinceMs && hour * hourMs < untilMs;

const byUse = (a: VariableUsage, b: VariableUsage): number =>
  b.readCount + b.writeCount - (a.readCount + a.writeCount) ||
  (`${a.session}/${a.id}` < `${b.session}/${b.id}` ? -1 : 1);

const byStrength = (a: Correlation, b: Correlation): number => Math.abs(b.coefficient) - Math.abs(a.coefficient);

function groupsOf(
  used: readonly UsedSession[],
  { groupBy, hours }: { groupBy: UsageGrouping; hours: number },
): UsageGroup[] {
  const groups = new Map<string, { variables: Set<string>; reads: number; writes: number }>();
  const groupAt = (key: string) => {
    const group = groups.get(key) ?? { variables: new Set<string>(), reads: 0, writes: 0 };
    groups.set(key, group);
    return group;
  };
  for (const { variables, writes } of used) {
    const byId = new Map(variables.map((variable) => [variable.id, variable]));
    for (const variable of variables) {
      if (groupBy !== "type" && groupBy !== "session") break;
      if (variable.readCount + variable.writeCount === 0) continue;
      const group = groupAt(variable[groupBy]);
      group.variables.add(`${variable.session}/${variable.id}`);
      group.reads += variable.readCount;
      group.writes += variable.writeCount;
    }
    for (const write of writes) {
      if (groupBy !== "origin" && groupBy !== "actor") break;
      const group = groupAt(write[groupBy]);
      group.variables.add(`${byId.get(write.id)?.session}/${write.id}`);
      group.writes++;
    }
  }
  return Array.from(groups, ([key, { variables, reads, writes }]) => ({
    key,
    variableCount: variables.size,
    readCount: reads,
    writeCount: writes,
    writesPerHour: hours > 0 ? writes / hours : 0,
  })).sort((a, b) => b.readCount + b.writeCount - (a.readCount + a.writeCount) || (a.key < b.key ? -1 : 1));
}

function patternsOf(used: readonly UsedSession[]): UsageReport["accessPatterns"] {
  const writesByHour = new Array<number>(24).fill(0);
  const readsByHour = new Array<number>(24).fill(0);
  const writesByActor = new Map<string, number>();
  for (const { writes, readHours } of used) {
    for (const { atMs, actor } of writes) {
      addTo(writesByHour, Math.floor(atMs / hourMs), 1);
      writesByActor.set(actor, (writesByActor.get(actor) ?? 0) + 1);
    }
    for (const [hour, count] of readHours) addTo(readsByHour, hour, count);
  }
  return { writesByHour, readsByHour, writesByActor };
}

function addTo(hours: number[], hour: number, count: number): void {
  const ofDay = ((hour % 24) + 24) % 24;
  hours[ofDay] = (hours[ofDay] ?? 0) + count;
}

function effectsOf({ session, window, variables }: SessionFacts, range: TimeRange) {
  const runs = runsOf(window, (id) => variables.has(id));
  return Array.from(runs, ([optimization, measurements]) => {
    const of = measurements.filter(({ atMs }) => isWithin(atMs, range));
    const objective = objectiveOf(of);
    const values = of.flatMap(({ metrics }) => metrics.get(objective?.metric ?? "") ?? []);
    const [first] = values;
    const last = of.at(-1);
    if (objective === undefined || first === undefined || last === undefined) return undefined;
    const best = objective.direction === "minimize" ? Math.min(...values) : Math.max(...values);
    const effect: OptimizationEffect = {
      session,
      optimization,
      optimizer: last.optimizer,
      objective,
      iterations: of.length,
      first,
      best,
      gain: Math.abs(best - first),
    };
    return { effect, atMs: last.atMs };
  }).filter((each) => each !== undefined);
}

function correlationsOf({ window, variables }: SessionFacts, range: TimeRange): Correlation[] {
  return correlate(window, mostWritten(window, variables, { ...range, count: compared }), {
    ...range,
    minPoints: 3,
    minStrength: 0,
  });
}

/** The numeric variables with the most writes. */
export function mostWritten(
  { writes }: WriteWindow,
  variables: ReadonlyMap<string, Variable>,
  { count, ...range }: TimeRange & { count: number },
): Variable[] {
  const counts = new Map<string, number>();
  for (const { id, value, atMs } of writes) {
    if (typeof value === "number" && variables.has(id) && isWithin(atMs, range))
      counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return [...counts]
    .sort(([a, ofA], [b, ofB]) => ofB - ofA || (a < b ? -1 : 1))
    .slice(0, count)
    .flatMap(([id]) => variables.get(id) ?? []);
}
