import type { Commit, CommitStamp, VariableImported, VariableSet } from "../commit.ts";
import { DerivedSet } from "../derivation/derived-set.ts";
import type { Origin } from "../origin.ts";
import { fromPayload, type Payload, payloadSize, type Value, type ValueRecord } from "../payload.ts";
import { metadataOfWrite } from "../variable-after.ts";

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
}

/** The newest versions of each variable of a session. Costs a write constant time. */
export interface SessionHistory {
  /** Versions of a variable, oldest first. */
  versionsOf(id: string): readonly VariableVersion[];
  /** Versions kept, of all variables together. */
  readonly size: number;
  /** Takes note of the next commit. */
  apply(commit: Commit): void;
  /** Everything, as plain data. */
  toEntries(): readonly (readonly [string, readonly VariableVersion[]])[];
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
  /** By variable; of one that has a single version there is just that. */
  readonly #kept = new Map<string, VariableVersion | Ring>();

  constructor(options: HistoryOptions, entries: Iterable<readonly [string, readonly VariableVersion[]]>) {
    this.#options = options;
    for (const [id, versions] of entries) for (const version of versions) this.#push(id, version);
  }

  versionsOf(id: string): readonly VariableVersion[] {
    return inOrder(this.#kept.get(id));
  }

  apply(commit: Commit): void {
    const { valueBytes } = this.#options;
    for (const event of commit.events) {
      if (event instanceof DerivedSet && payloadSize(event.payload) <= valueBytes) this.#push(event.id, event);
      else if (event.kind === "variable-set" || event.kind === "variable-registered") {
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
  }

  toEntries(): readonly (readonly [string, readonly VariableVersion[]])[] {
    return Array.from(this.#kept, ([id, versions]) => [id, inOrder(versions)] as const);
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

/** A version, or the event that it is made of when somebody asks. */
type Kept = VariableVersion | DerivedSet;

const madeOf = (kept: Kept): VariableVersion =>
  kept instanceof DerivedSet ? versionOf(kept, DerivedSet.stampOf(kept), Number.POSITIVE_INFINITY) : kept;

/** A variable's versions: once they are as many as are kept, each new one takes the place of the oldest. */
class Ring {
  readonly #versions: Kept[];
  #oldest = 0;
  /** There are events among them. */
  #hasEvents: boolean;

  constructor(first: VariableVersion, second: Kept) {
    this.#versions = [first, second];
    this.#hasEvents = second instanceof DerivedSet;
  }

  get size(): number {
    return this.#versions.length;
  }

  /** Adds a version; says whether there is one more than before, and not another in the place of the oldest. */
  push(version: Kept, most: number): boolean {
    if (version instanceof DerivedSet) this.#hasEvents = true;
    const isMore = this.#versions.length < most;
    if (isMore) this.#versions.push(version);
    else {
      this.#versions[this.#oldest] = version;
      this.#oldest = (this.#oldest + 1) % most;
    }
    return isMore;
  }

  inOrder(): VariableVersion[] {
    const versions = this.#made();
    const oldest = this.#oldest;
    return oldest === 0 ? versions.slice() : versions.slice(oldest).concat(versions.slice(0, oldest));
  }

  /** The versions, those that were not made yet made for good. */
  #made(): readonly VariableVersion[] {
    const versions = this.#versions;
    if (this.#hasEvents) for (const [at, kept] of versions.entries()) versions[at] = madeOf(kept);
    this.#hasEvents = false;
    return versions as readonly VariableVersion[];
  }
}

const inOrder = (versions: VariableVersion | Ring | undefined): VariableVersion[] => {
  if (versions === undefined) return [];
  return versions instanceof Ring ? versions.inOrder() : [versions];
};

/** Versions that came with a variable, or the one it came at. */
function importedVersions({ variable, versions }: VariableImported, commit: Commit): readonly VariableVersion[] {
  if (versions !== undefined) return versions.map((version) => ({ ...version, revision: commit.revision }));
  const { version, payload, value, updatedAtMs, updatedBy, origin } = variable;
  return [
    { version, payload, value, updatedAtMs, updatedBy, origin, metadata: commit.metadata, revision: commit.revision },
  ];
}

type Writing = Extract<Commit["events"][number], { kind: "variable-set" | "variable-registered" }>;

/** The version that an event makes; with the value whatever its size, where the limit is infinite. */
function versionOf(event: Writing, commit: CommitStamp, valueBytes: number): VariableVersion {
  const { payload } = event;
  const { atMs: updatedAtMs, actor: updatedBy, origin, revision } = commit;
  const isSet = event.kind === "variable-set";
  const version = isSet ? event.version : 0;
  const metadata = isSet ? metadataOfWrite(event, commit) : commit.metadata;
  const { rolledBackTo, causedBy = none } = isSet ? event : notSet;
  // Most in one literal: this runs with every write.
  let made: VariableVersion;
  if (payloadSize(payload) > valueBytes) made = { version, updatedAtMs, updatedBy, origin, metadata, revision };
  else {
    const value = fromPayload(payload);
    if (rolledBackTo === undefined && causedBy.length > 0)
      return { version, payload, value, updatedAtMs, updatedBy, origin, metadata, revision, causedBy };
    made = { version, payload, value, updatedAtMs, updatedBy, origin, metadata, revision };
  }
  const caused = causedBy.length > 0 ? { ...made, causedBy } : made;
  return rolledBackTo === undefined ? caused : { ...caused, rolledBackTo };
}

const none: readonly string[] = [];
const notSet: Pick<VariableSet, "rolledBackTo" | "causedBy"> = {};

const stamp = ({ atMs: updatedAtMs, actor: updatedBy, origin, metadata, revision }: Commit) => ({
  updatedAtMs,
  updatedBy,
  origin,
  metadata,
  revision,
});

const small = (payload: Payload, valueBytes: number) =>
  payloadSize(payload) <= valueBytes ? { payload, value: fromPayload(payload) } : {};
