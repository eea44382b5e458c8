import type { Commit, SessionEvent, VariableImported } from "../commit.ts";
import { stepsOf } from "../commit-steps.ts";
import { DerivedRun } from "../derivation/derived-run.ts";
import type { Origin } from "../origin.ts";
import { fromPayload, type Payload, payloadSize, type Value, type ValueRecord } from "../payload.ts";
import type { DerivedSlot } from "../variable-table.ts";
import { KeptVersions } from "./kept-versions.ts";
import { versionOf } from "./variable-version.ts";
import { inOrder, type Kept, madeOf, Place, Ring } from "./version-ring.ts";

/** One version of a variable. */
export interface VariableVersion {
  /** 0 is the value that it was registered with. */
  readonly version: number;
  /** Absent where it is larger than what is kept in memory and its commit is no longer in the log. */
  readonly value?: Value;
  readonly payload?: Payload;
  readonly updatedAtMs: number;
  readonly updatedBy: string;
  readonly origin: Origin;
  /** What the writer said of this write, verbatim. */
  readonly metadata: ValueRecord;
  /** Session revision of the commit. */
  readonly revision: number;
  /** The version whose value was restored, where this one came of a rollback. */
  readonly rolledBackTo?: number;
  /** Ids of the variables whose new values caused it, where this one was computed. */
  readonly causedBy?: readonly string[];
  /** The optimization that wrote it, as far as it is kept; told where versions are listed, and not stored with them. */
  readonly optimization?: string;
}

/** The newest versions of each variable of a session. Costs a write constant time. */
export interface SessionHistory {
  /** Versions of a variable, oldest first. */
  versionsOf(id: string): readonly VariableVersion[];
  /** Versions kept, of all variables together. */
  readonly size: number;
  /** Takes note of the next commit. */
  apply(commit: Commit): void;
  /** Everything as it is at this moment. */
  toEntries(): Iterable<readonly [string, readonly VariableVersion[]]>;
}

/** How much of each variable's past is kept at hand. */
export interface HistoryOptions {
  /** Versions of each variable, the present one included; at least 1. */
  readonly versionsPerVariable: number;
  /** Largest value, in bytes, that is kept in memory; a larger one is found in the log. */
  readonly valueBytes: number;
}

/** What is kept unless a store is told otherwise. */
export const defaultHistory: HistoryOptions = { versionsPerVariable: 100, valueBytes: 4096 };

/** Starts a history, from what {@link SessionHistory.toEntries} gave or from nothing. */
export const createSessionHistory = (
  options: HistoryOptions,
  entries: Iterable<readonly [string, readonly VariableVersion[]]> = [],
): SessionHistory => new History(options, entries);

/** A class, since every session has one. */
class History implements SessionHistory {
  size = 0;
  readonly #options: HistoryOptions;
  /** Runs whose versions are not with those of their variables yet, oldest first; all are of the same variables. */
  #waiting: DerivedRun[] | undefined;
  /** Variables of which as many versions are kept as ever are, where the last commit has given all of them one. */
  #full: readonly DerivedSlot[] | undefined;
  /** By variable; of one that has a single version there is just that. */
  readonly #kept = new Map<string, VariableVersion | Ring>();

  constructor(options: HistoryOptions, entries: Iterable<readonly [string, readonly VariableVersion[]]>) {
    this.#options = options;
    for (const [id, versions] of entries) for (const version of versions) this.#push(id, version);
  }

  versionsOf(id: string): readonly VariableVersion[] {
    this.#distribute();
    return inOrder(this.#kept.get(id));
  }

  apply(commit: Commit): void {
    if (this.#waits(commit)) return;
    this.#distribute();
    for (const step of stepsOf(commit)) {
      if (step instanceof DerivedRun) this.#pushRun(step);
      else this.#pushEvent(step, commit);
    }
  }

  /**
   * Lets a run wait that does nothing but take the place of the oldest versions of its variables, of which there are as many as
   * are kept; so do the runs before it. Says whether it waits.
   */
  #waits(commit: Commit): boolean {
    const steps = stepsOf(commit);
    const [cause, run] = steps;
    if (steps.length !== 2 || cause?.kind !== "variable-set" || !(run instanceof DerivedRun)) return false;
    if (this.#full === undefined || !areSame(run.slots, this.#full) || !run.cause.causedBy.includes(cause.id))
      return false;
    this.#pushEvent(cause, commit);
    this.#waiting ??= [];
    this.#waiting.push(run);
    if (this.#waiting.length > this.#options.versionsPerVariable) this.#waiting.shift();
    return true;
  }

  /** Puts the versions of runs that wait to those of their variables. */
  #distribute(): void {
    const runs = this.#waiting;
    this.#waiting = undefined;
    if (runs !== undefined) for (const run of runs) this.#pushRun(run);
    this.#full = undefined;
  }

  #pushRun(run: DerivedRun): void {
    const { valueBytes } = this.#options;
    const before = this.size;
    let at = 0;
    for (const { id } of run.slots) {
      const cell = run.cellAt(at);
      const isSmall = typeof cell === "number" || payloadSize(cell) <= valueBytes;
      this.#push(id, isSmall ? new Place(run, at) : versionOf(run.eventAt(at), run.cause.stamp, valueBytes));
      at++;
    }
    this.#full = this.size === before ? run.slots : undefined;
  }

  #pushEvent(event: SessionEvent, commit: Commit): void {
    const { valueBytes } = this.#options;
    if (event.kind === "variable-set" || event.kind === "variable-registered") {
      this.#push(event.id, versionOf(event, commit, valueBytes));
    } else if (event.kind === "variable-imported") {
      for (const version of importedVersions(event, commit)) this.#push(event.variable.id, version);
    } else if (event.kind === "variable-deleted") this.#drop(event.id);
    else if (event.kind === "session-deleted" || event.kind === "session-created") this.#clear();
    else if (event.kind === "session-forked") {
      this.#clear();
      for (const { id, version, payload } of event.from.variables) {
        this.#push(id, { ...stamp(commit), version, ...small(payload, valueBytes) });
      }
    }
  }

  toEntries(): Iterable<readonly [string, readonly VariableVersion[]]> {
    this.#distribute();
    const kept = Array.from(this.#kept.values(), (versions) =>
      versions instanceof Ring ? versions.inOrder() : versions,
    );
    return new KeptVersions([...this.#kept.keys()], kept);
  }

  #push(id: string, version: Kept): void {
    const { versionsPerVariable: most } = this.#options;
    const known = this.#kept.get(id);
    if (known instanceof Ring) {
      if (known.push(version, most)) this.size++;
      return;
    }
    const isAlone = known === undefined || most === 1;
    this.#kept.set(id, isAlone ? madeOf(version) : new Ring(known, version));
    if (known === undefined || most > 1) this.size++;
  }

  #drop(id: string): void {
    const known = this.#kept.get(id);
    if (!this.#kept.delete(id)) return;
    this.size -= known instanceof Ring ? known.size : 1;
  }

  #clear(): void {
    this.#kept.clear();
    this.size = 0;
  }
}

/** Versions that came with a variable, or the one it came at. */
function importedVersions({ variable, versions }: VariableImported, commit: Commit): readonly VariableVersion[] {
  if (versions !== undefined) return versions.map((version) => ({ ...version, revision: commit.revision }));
  const { version, payload, value, updatedAtMs, updatedBy, origin } = variable;
  return [
    { version, payload, value, updatedAtMs, updatedBy, origin, metadata: commit.metadata, revision: commit.revision },
  ];
}

const stamp = ({ atMs: updatedAtMs, actor: updatedBy, origin, metadata, revision }: Commit) => ({
  updatedAtMs,
  updatedBy,
  origin,
  metadata,
  revision,
});

const small = (payload: Payload, valueBytes: number) =>
  payloadSize(payload) <= valueBytes ? { payload, value: fromPayload(payload) } : {};

const areSame = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a === b || (a.length === b.length && a.every((one, at) => one === b[at]));
