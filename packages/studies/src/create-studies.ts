import {
  checkedCalls,
  defaultLimits,
  requireArguments,
  type Store,
  type StoreError,
  type StudyStore,
  studyArguments,
  type TypeRegistry,
} from "@trimtab/core";
import type { CommitLog, SnapshotStore } from "@trimtab/log";
import type { AskRules, Pruner, Sampler } from "@trimtab/optimize";
import { creationArguments } from "./argument-kinds.ts";
import { createDamagedStudies } from "./damaged-studies.ts";
import { createStudyAccess } from "./study-access.ts";
import type { StudyEntry } from "./study-entry.ts";
import { createStudyMethods } from "./study-operations.ts";
import type { StudySnapshot } from "./study-snapshot.ts";
import { createStudyTable, type Grounds, type StudyLimits } from "./study-table.ts";
import { createTrialMethods } from "./trial-operations.ts";
import { createTrialReads } from "./trial-reads.ts";

/** What studies stand on. */
export interface StudiesOptions {
  /** The store as nobody in particular sees it, in process or behind a network. */
  readonly store: Store;
  /** Where studies are kept, a stream each: a log of its own, since the one that sessions are in holds nothing else. */
  readonly log: CommitLog<StudyEntry>;
  /** Where long studies are kept as they were, so that opening one does not read all of it; nowhere unless given. */
  readonly snapshots?: SnapshotStore<StudySnapshot>;
  readonly types: TypeRegistry;
  /** Further samplers and pruners, or others of the same names. */
  readonly samplers?: readonly Sampler[];
  readonly pruners?: readonly Pruner[];
  /** Fits kernels of Gaussian processes, `fitKernel` of `createKernelThread`; this thread does unless given, and others wait for it. */
  readonly fitKernel?: AskRules["fitKernel"];
  /** Other processes append to the log, too; `true` unless given. */
  readonly shared?: boolean;
  /** The time, in milliseconds since the Unix epoch, best of a clock that is never set back; the system's unless given. */
  readonly now?: () => number;
  /** Milliseconds between signs of life of a watch; 15 000 unless given. */
  readonly bookmarkIntervalMs?: number;
  /** How long names and texts and how large metadata may be; as sessions have it unless given. */
  readonly limits?: StudyLimits;
  /** Told of studies that are not listed because what is stored of them cannot be read; to use one is refused with `data_loss`. */
  readonly onDamage?: (error: StoreError) => void;
}

/** Studies of all sessions of a store. */
export interface Studies {
  /** What those may do with studies who see this store: `store.as(principal)`, or the store itself, which may do everything. */
  of(seen: Store): StudyStore;
  /** Lets go of what is in memory. The log stays open. */
  close(): void;
}

/** Opens the studies that are in a log. Each is read when it is first asked for. Throws `invalid_argument` for options of another kind. */
export function createStudies(options: StudiesOptions): Studies {
  requireArguments(creationArguments, [options]);
  const { store, log, snapshots, types, fitKernel, samplers = [], pruners = [] } = options;
  const { shared = true, now = Date.now, bookmarkIntervalMs = 15_000, limits = defaultLimits } = options;
  const means = { types, samplers, pruners };
  const grounds: Grounds = {
    ...{ store, log, snapshots, means, now, bookmarkIntervalMs, limits, fitKernel },
    isShared: shared,
    beganMs: shared ? undefined : now(),
  };
  const table = createStudyTable(grounds);
  const damaged = createDamagedStudies(options.onDamage ?? (() => {}));
  return {
    of(seen) {
      const access = createStudyAccess(table, grounds, seen);
      const parts = { table, grounds, access, damaged };
      const methods = { ...createStudyMethods(parts), ...createTrialMethods(parts), ...createTrialReads(parts, seen) };
      return checkedCalls(methods, studyArguments);
    },
    close: () => table.close(),
  };
}
