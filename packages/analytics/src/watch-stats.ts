import {
  type AnalyticsStore,
  readPattern,
  type Selection,
  type StatsEvent,
  untilLeft,
  type Variable,
} from "@trimtab/core";
import { checkNumber, type ReportSources } from "./reports.ts";
import { createStatsReader, selectedVariables } from "./statistics.ts";
import { unusedSession } from "./usage/uses.ts";

const leastIntervalMs = 100;
const mostIntervalMs = 86_400_000;

type StatsSources = Omit<ReportSources, "studies">;

/** The part of analytics that is watched. */
export function createWatchStats(sources: StatsSources): Pick<AnalyticsStore, "watchStats"> {
  const { uses } = sources;
  async function* watch(
    session: string,
    selection: Selection,
    { intervalMs, signal }: { intervalMs: number; signal: AbortSignal },
  ): AsyncGenerator<StatsEvent, undefined> {
    checkNumber(intervalMs, "intervalMs", { least: leastIntervalMs, most: mostIntervalMs });
    const since = createLookout(sources, session, selection);
    let used: StatsEvent["stats"] | undefined = await since.begin();
    for (; !signal.aborted; used = await since.next()) {
      if (used !== undefined) yield { stats: used, session: usageOf(session), atMs: uses.clock.now() };
      await pause(intervalMs, signal);
    }
    return undefined;
  }
  const usageOf = (session: string) => uses.of(session)?.usage() ?? unusedSession;
  return {
    watchStats: (session, selection = {}, { intervalMs = 1000, signal: outer } = {}) =>
      untilLeft(outer, (signal) => watch(session, selection, { intervalMs, signal })),
  };
}

/** Finds the variables that were used since it last looked. */
function createLookout({ store, uses, windows }: StatsSources, session: string, selection: Selection) {
  const statsOf = createStatsReader(uses);
  const named = new Set(selection.refs);
  const matches = selection.pattern === undefined ? () => named.size === 0 : readPattern(selection.pattern);
  const selects = ({ id, name }: Variable) => named.has(id) || named.has(name) || matches(name);
  let tick = 0;
  let revision = 0;
  const look = async (): Promise<Set<string>> => {
    const window = await windows.upToDate(session);
    const used = new Set<string>();
    for (const [id, { tick: at }] of uses.of(session)?.variables ?? []) if (at > tick) used.add(id);
    for (let i = window.writes.length - 1; i >= 0 && (window.writes[i]?.revision ?? 0) > revision; i--) {
      used.add(window.writes[i]?.id ?? "");
    }
    tick = uses.tick;
    revision = window.revision;
    return used;
  };
  const statsFor = (variables: Iterable<Variable>) =>
    new Map(Array.from(variables, (variable) => [variable.id, statsOf(session, variable)]));
  return {
    async begin() {
      // Whoever may not see the session is told so before anything is read for it.
      await store.getSession(session);
      await look();
      return statsFor(await selectedVariables(store, session, selection));
    },
    async next() {
      const used = await look();
      if (used.size === 0) return undefined;
      const { found } = await store.getVariables(session, [...used]);
      const stats = statsFor([...found.values()].filter(selects));
      return stats.size === 0 ? undefined : stats;
    },
  };
}

/** Waits, or until the signal aborts. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end, { once: true });
  });
}
