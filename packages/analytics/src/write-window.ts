import type { Commit, Origin, Payload, SessionEvent } from "@trimtab/core";
import { type LeaseFacts, type Measurement, measurementOf } from "./measurement.ts";
import { type Scalar, scalarOfPayload } from "./scalar.ts";

/** One version of a variable that a commit wrote. */
export interface WrittenVersion {
  readonly revision: number;
  readonly atMs: number;
  readonly id: string;
  readonly actor: string;
  readonly origin: Origin;
  readonly value: Scalar | undefined;
}

/**
 * What the newest commits of a session wrote: a fold over them, in memory that is bounded however many there are.
 * Folding the same commits again gives the same window.
 */
export interface WriteWindow {
  /** The last commit that was folded in. */
  readonly revision: number;
  /** When what the window holds begins; absent where it is empty. */
  readonly sinceMs: number | undefined;
  /** Oldest first. */
  readonly writes: readonly WrittenVersion[];
  /** What was reported of outcomes, oldest first. */
  readonly measurements: readonly Measurement[];
  /** The optimizations that have held leases, by id; the newest 1000. */
  readonly leases: ReadonlyMap<string, LeaseFacts>;
  /** The values that variables had before the first write in the window. */
  readonly initial: ReadonlyMap<string, Scalar | undefined>;
  /** Folds in the next commit. */
  apply(commit: Commit): void;
  /** Starts over after a revision: what came before is not kept any more. */
  reset(revision: number): void;
}

const keptLeases = 1000;

/** Makes an empty window over at most `capacity` writes. */
export function createWriteWindow(capacity: number): WriteWindow {
  let revision = 0;
  let sinceMs: number | undefined;
  let writes: WrittenVersion[] = [];
  let measurements: Measurement[] = [];
  let initial = new Map<string, Scalar | undefined>();
  const leases = new Map<string, LeaseFacts>();
  const known = new Set<string>();

  const clear = (): void => {
    sinceMs = undefined;
    writes = [];
    measurements = [];
    initial = new Map();
    leases.clear();
    known.clear();
  };

  const begin = (id: string, value: Payload | undefined): void => {
    if (known.has(id)) return;
    known.add(id);
    initial.set(id, value && scalarOfPayload(value));
  };

  const applyEvent = (event: SessionEvent, commit: Commit): void => {
    switch (event.kind) {
      case "session-created":
      case "session-deleted":
        clear();
        return;
      case "session-forked":
        clear();
        for (const { id, payload } of event.from.variables) begin(id, payload);
        return;
      case "variable-registered":
        begin(event.id, event.payload);
        return;
      case "variable-imported":
        write(commit, event.variable.id, event.variable.payload);
        return;
      case "variable-set":
        begin(event.id, event.previous);
        write(commit, event.id, event.payload);
        return;
      case "variable-deleted":
        known.delete(event.id);
        initial.delete(event.id);
        return;
      case "optimization-started": {
        const { id, variables, convergenceThreshold } = event.optimization;
        leases.set(id, { variables, convergenceThreshold, converged: false });
        const [oldest] = leases.keys();
        if (leases.size > keptLeases && oldest !== undefined) leases.delete(oldest);
        return;
      }
      case "optimization-ended": {
        const lease = leases.get(event.optimization);
        if (lease !== undefined && event.state === "converged") {
          leases.set(event.optimization, { ...lease, converged: true });
        }
        return;
      }
      default:
        return;
    }
  };

  const write = ({ atMs, actor, origin, ...of }: Commit, id: string, payload: Payload): void => {
    begin(id, undefined);
    writes.push({ revision: of.revision, atMs, id, actor, origin, value: scalarOfPayload(payload) });
  };

  // Dropped in one go once there are twice as many as are kept, so that a write costs the same however many there are.
  const trim = (): void => {
    if (measurements.length >= 2 * capacity) measurements = measurements.slice(-capacity);
    if (writes.length < 2 * capacity) return;
    const dropped = writes.slice(0, writes.length - capacity);
    writes = writes.slice(-capacity);
    for (const { id, value } of dropped) if (known.has(id)) initial.set(id, value);
    const [oldest] = writes;
    sinceMs = oldest?.atMs;
    measurements = measurements.filter((each) => each.revision >= (oldest?.revision ?? 0));
  };

  return {
    get revision() {
      return revision;
    },
    get sinceMs() {
      return sinceMs;
    },
    get writes() {
      return writes;
    },
    get measurements() {
      return measurements;
    },
    leases,
    get initial() {
      return initial;
    },
    apply(commit) {
      for (const event of commit.events) applyEvent(event, commit);
      sinceMs ??= commit.atMs;
      const measured = measurementOf(commit, leases);
      if (measured !== undefined) measurements.push(measured);
      revision = commit.revision;
      trim();
    },
    reset(through) {
      clear();
      revision = through;
    },
  };
}
