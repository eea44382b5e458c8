import { createGlob, type Selection, type Session, type SessionUsage } from "@trimtab/core";
import { createLatencySketch } from "./latency-sketch.ts";
import { createUsageRing, type UsageRing } from "./usage-ring.ts";
import { createVariableUses, type VariableUses } from "./variable-uses.ts";

/** The time that uses are counted by. */
export interface UsesClock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Milliseconds since some fixed moment; never jumps. */
  elapsed(): number;
}

/** How much is remembered, and how closely it is measured. */
export interface UsesOptions {
  /** The system's unless given. */
  readonly clock?: UsesClock;
  /** Variables that are counted for at once; beyond, the sessions that were used longest ago are forgotten. 50 000 unless given. */
  readonly maxVariables?: number;
  /** After the first 32 reads and writes of a variable, the duration of one in so many is measured: a whole number from 1, 8 unless given. */
  readonly sampleEvery?: number;
}

/** What was counted of one session. */
export interface SessionUses {
  readonly sinceMs: number;
  readonly variables: ReadonlyMap<string, VariableUses>;
  /** Says how many open watches select a variable. */
  observersOf(variable: { readonly id: string; readonly name: string }): number;
  usage(): SessionUsage;
}

/** Counts uses of variables, by session and id, in bounded memory. */
export interface Uses {
  readonly clock: UsesClock;
  /** The latest use's tick. */
  readonly tick: number;
  /** Since when uses of a session have been counted of which nothing is known here. */
  readonly sinceMs: number;
  read(session: string, ids: readonly string[], durationMs: number): void;
  written(session: string, ids: readonly string[], durationMs: number): void;
  refused(session: string): void;
  /** Forgets what was counted of an earlier session of the same id. */
  begun(session: Pick<Session, "id" | "epoch" | "createdAtMs">): void;
  /** Forgets what was counted of a session. */
  ended(session: string): void;
  cached(session: string, id: string, reads: { hits: number; misses: number; atMs: number | undefined }): void;
  /** Counts a watch, under the session whose variables it selects, until what is returned is called. */
  watching(session: string, selection: Selection): () => void;
  /** What was counted of a session, where anything was. */
  of(session: string): SessionUses | undefined;
}

/** The session that a ref's variable belongs to: the caller's own unless the ref is `<session>/<id or name>`. */
export function ownerOf(session: string, ref: string): string {
  const slash = ref.indexOf("/");
  return slash < 0 ? session : ref.slice(0, slash);
}

const defaultClock: UsesClock = { now: () => Date.now(), elapsed: () => performance.now() };
const hourMs = 3_600_000;
const alwaysMeasured = 32;

/** One use of a variable. */
interface Use {
  readonly what: "reads" | "writes";
  readonly nowMs: number;
  readonly durationMs: number;
}

const latencyOf = { reads: "readLatency", writes: "writeLatency" } as const;

interface Counted extends SessionUses {
  /** Which session of its id it is, where that is known. */
  epoch: string | undefined;
  readonly variables: Map<string, VariableUses>;
  readonly selections: Set<(variable: { readonly id: string; readonly name: string }) => boolean>;
  readonly minute: UsageRing;
  readonly hour: UsageRing;
}

/** Makes counts that start at nothing. */
export function createUses(options: UsesOptions = {}): Uses {
  const { clock = defaultClock, maxVariables = 50_000, sampleEvery = 8 } = options;
  /** The least recently used first. */
  const sessions = new Map<string, Counted>();
  let variableCount = 0;
  let tick = 0;
  let sinceMs = clock.now();
  let latest: string | undefined;

  const sessionOf = (id: string): Counted => {
    const known = sessions.get(id);
    if (known !== undefined && latest === id) return known;
    const session = known ?? createCounted(clock);
    sessions.delete(id);
    sessions.set(id, session);
    latest = id;
    if (known === undefined) forgetOldest();
    return session;
  };

  /** Of watched sessions what was counted stays, so that their watches stay counted. */
  const forgetOldest = (): void => {
    for (const [id, { variables, selections }] of sessions) {
      if ((variableCount <= maxVariables && sessions.size <= maxVariables) || id === latest) return;
      if (selections.size > 0) continue;
      variableCount -= variables.size;
      sessions.delete(id);
      sinceMs = clock.now();
    }
  };

  /** Watches of a session that ended end by themselves, or go on with the next of its id. */
  const startOver = (id: string): void => {
    const known = sessions.get(id);
    if (known === undefined) return;
    variableCount -= known.variables.size;
    sessions.delete(id);
    if (known.selections.size > 0) sessions.set(id, createCounted(clock, known.selections));
  };

  const variableOf = (session: Counted, id: string): VariableUses => {
    const known = session.variables.get(id);
    if (known !== undefined) return known;
    const made = createVariableUses();
    session.variables.set(id, made);
    variableCount++;
    if (variableCount > maxVariables) forgetOldest();
    return made;
  };

  /** Counts one use, and says whether its duration was measured. */
  const countUse = (session: Counted, id: string, { what, nowMs, durationMs }: Use): boolean => {
    const uses = variableOf(session, id);
    const isMeasured = uses[what] < alwaysMeasured || uses[what] % sampleEvery === 0;
    if (isMeasured) {
      uses[latencyOf[what]] ??= createLatencySketch();
      uses[latencyOf[what]]?.accept(durationMs);
    }
    uses[what]++;
    uses.lastAccessedAtMs = nowMs;
    uses.tick = ++tick;
    if (what === "reads") uses.readsByHour.add(Math.floor(nowMs / hourMs));
    return isMeasured;
  };

  const countAll = (what: Use["what"], id: string, variables: readonly string[], durationMs: number): void => {
    const session = sessionOf(id);
    const nowMs = clock.now();
    let isMeasured = false;
    for (const each of variables) isMeasured = countUse(session, each, { what, nowMs, durationMs }) || isMeasured;
    const told = isMeasured ? durationMs : undefined;
    session.minute.add(what, variables.length, told, nowMs);
    session.hour.add(what, variables.length, told, nowMs);
  };

  return {
    clock,
    get tick() {
      return tick;
    },
    get sinceMs() {
      return sinceMs;
    },
    read: (id, variables, durationMs) => countAll("reads", id, variables, durationMs),
    written: (id, variables, durationMs) => countAll("writes", id, variables, durationMs),
    refused(id) {
      const session = sessions.get(id);
      for (const ring of [session?.minute, session?.hour]) ring?.add("refused", 1, undefined, clock.now());
    },
    begun({ id, epoch, createdAtMs }) {
      const known = sessions.get(id);
      if (known === undefined) return;
      // The one before may have expired, of which nobody is told here.
      const isSame = known.epoch === undefined ? createdAtMs <= known.sinceMs : known.epoch === epoch;
      if (!isSame) startOver(id);
      sessionOf(id).epoch = epoch;
    },
    ended: startOver,
    cached(session, id, { hits, misses, atMs }) {
      const uses = variableOf(sessionOf(session), id);
      uses.cacheHits += hits;
      uses.cacheMisses += misses;
      const readAtMs = Math.min(atMs ?? 0, clock.now());
      if (atMs !== undefined) uses.lastAccessedAtMs = Math.max(uses.lastAccessedAtMs ?? readAtMs, readAtMs);
      uses.tick = ++tick;
    },
    watching(id, { refs: all = [], pattern }) {
      // A watch is of one session's variables, its own or another's, of which a glob selects none.
      const owner = ownerOf(id, all[0] ?? "");
      const { selections } = sessionOf(owner);
      const named = new Set(all.map((ref) => ref.slice(ref.indexOf("/") + 1)));
      const matches = pattern !== undefined && owner === id ? createGlob(pattern) : () => all.length === 0;
      const selects = (each: { id: string; name: string }) =>
        named.has(each.name) || named.has(each.id) || matches(each.name);
      selections.add(selects);
      return () => void selections.delete(selects);
    },
    of: (session) => sessions.get(session),
  };
}

function createCounted(clock: UsesClock, selections: Counted["selections"] = new Set()): Counted {
  const minute = createUsageRing(12, 5000);
  const hour = createUsageRing(12, 300_000);
  return {
    epoch: undefined,
    sinceMs: clock.now(),
    variables: new Map(),
    selections,
    minute,
    hour,
    observersOf(variable) {
      let count = 0;
      for (const selects of selections) if (selects(variable)) count++;
      return count;
    },
    usage() {
      const nowMs = clock.now();
      return { lastMinute: minute.read(nowMs), lastHour: hour.read(nowMs), watchCount: selections.size };
    },
  };
}

/** How a session is used that nobody has used. */
export const unusedSession: SessionUsage = {
  lastMinute: createUsageRing(1, 1).read(0),
  lastHour: createUsageRing(1, 1).read(0),
  watchCount: 0,
};
