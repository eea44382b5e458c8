import type { Commit, VariableImported, VariableSet } from "../commit.ts";
import { metadataOfWrite } from "../evolve.ts";
import type { Origin } from "../origin.ts";
import { fromPayload, type Payload, payloadSize, type Value, type ValueRecord } from "../payload.ts";

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
export function createSessionHistory(
  options: HistoryOptions,
  entries: Iterable<readonly [string, readonly VariableVersion[]]> = [],
): SessionHistory {
  const { versionsPerVariable: most } = options;
  const kept = new Map<string, Versions>();
  const push = (id: string, version: VariableVersion): void => {
    const versions = kept.get(id);
    if (versions === undefined) kept.set(id, { ring: [version], oldest: 0 });
    else if (versions.ring.length === most) {
      versions.ring[versions.oldest] = version;
      versions.oldest = (versions.oldest + 1) % most;
      return;
    } else versions.ring.push(version);
    history.size++;
  };
  const drop = (id: string): void => {
    history.size -= kept.get(id)?.ring.length ?? 0;
    kept.delete(id);
  };
  const clear = (): void => {
    kept.clear();
    history.size = 0;
  };
  const history: { -readonly [K in keyof SessionHistory]: SessionHistory[K] } = {
    size: 0,
    versionsOf: (id) => inOrder(kept.get(id)),
    apply(commit) {
      for (const event of commit.events) {
        if (event.kind === "variable-set" || event.kind === "variable-registered") {
          push(event.id, versionOf(event, commit, options.valueBytes));
        } else if (event.kind === "variable-imported") {
          for (const version of importedVersions(event, commit)) push(event.variable.id, version);
        } else if (event.kind === "variable-deleted") drop(event.id);
        else if (event.kind === "session-deleted" || event.kind === "session-created") clear();
        else if (event.kind === "session-forked") {
          clear();
          for (const { id, version, payload } of event.from.variables) {
            push(id, { ...stamp(commit), version, ...small(payload, options.valueBytes) });
          }
        }
      }
    },
    toEntries: () => Array.from(kept, ([id, versions]) => [id, inOrder(versions)] as const),
  };
  for (const [id, versions] of entries) {
    const ring = versions.slice(-most);
    kept.set(id, { ring, oldest: 0 });
    history.size += ring.length;
  }
  return history;
}

/** A variable's versions: once they are as many as are kept, each new one takes the place of the oldest. */
interface Versions {
  readonly ring: VariableVersion[];
  oldest: number;
}

function inOrder(versions: Versions | undefined): VariableVersion[] {
  if (versions === undefined) return [];
  const { ring, oldest } = versions;
  return oldest === 0 ? ring.slice() : ring.slice(oldest).concat(ring.slice(0, oldest));
}

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
export function versionOf(event: Writing, commit: Commit, valueBytes: number): VariableVersion {
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
