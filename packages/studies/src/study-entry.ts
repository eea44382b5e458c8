import type {
  LeaseProof,
  Origin,
  StudyMethod,
  StudyObjective,
  StudyVariable,
  ValueRecord,
  WriteVia,
} from "@trimtab/core";
import type { StudyEvent } from "@trimtab/optimize";

/** What a study is made of, as it was created. */
export interface StudyRecord {
  /** Tells the study from others that had its id before it. */
  readonly birth: string;
  /** Epoch of the session that it belongs to; a session that is created anew has no studies. */
  readonly epoch: string;
  readonly variables: readonly StudyVariable[];
  /** The variables' ids, by name; absent in studies from when they were not recorded. */
  readonly ids?: Readonly<Record<string, string>>;
  readonly objectives: readonly StudyObjective[];
  readonly sampler: StudyMethod;
  readonly pruner?: StudyMethod;
  readonly seed: number;
  readonly maxRetries: number;
  readonly trialTtlMs: number;
  readonly parallelism?: number;
  readonly maxTrials?: number;
  readonly metadata: ValueRecord;
}

/** A request that an entry was made for, so that it is not done again. */
export interface EntryRequest {
  readonly id: string;
  /** What was asked. */
  readonly asked: string;
  /** The trials that it was answered with. */
  readonly numbers: readonly number[];
}

/** What is said of every entry. */
export interface EntryHead {
  readonly atMs: number;
  /** Who is answerable; absent where nobody asked for it. */
  readonly actor?: string;
  /** The runtime that it came from; absent where that is `typescript`. */
  readonly origin?: Origin;
  /** The call that it came by, where that is to be remembered. */
  readonly via?: WriteVia;
  readonly request?: EntryRequest;
}

/** What happened in a study. */
export type StudyHappening =
  | { readonly kind: "study-created"; readonly study: StudyRecord }
  | { readonly kind: "study-advanced"; readonly events: readonly Exclude<StudyEvent, { kind: "space-changed" }>[] }
  /** Later trials are searched for within these constraints. */
  | {
      readonly kind: "bounds-changed";
      readonly variables: readonly StudyVariable[];
      /** Ids of those whose bounds were given, by name; absent in entries from when they were not recorded. */
      readonly ids?: Readonly<Record<string, string>>;
    }
  | { readonly kind: "metadata-replaced"; readonly metadata: ValueRecord }
  | { readonly kind: "trial-renewed"; readonly number: number }
  /** A trial is about to be applied: what follows says whether it was. */
  | ({ readonly kind: "apply-begun" } & Application)
  | { readonly kind: "apply-dropped"; readonly token: string }
  | {
      readonly kind: "trial-applied";
      readonly token: string;
      /** The versions that the variables were given, by name. */
      readonly versions: Readonly<Record<string, number>>;
    }
  | { readonly kind: "study-rolled-back" }
  | { readonly kind: "study-deleted" };

/** A commit that sets the live variables to a trial's values, as it is made and, where that was cut short, made again. */
export interface Application {
  /** Names it; its commit carries it. */
  readonly token: string;
  readonly number: number;
  readonly requestId: string;
  /** The session that asks for it, where that is not the one that is written to. */
  readonly caller?: string;
  readonly lease?: LeaseProof;
  /** The values from before, by name. */
  readonly before: ValueRecord;
  /** The versions that the variables must have: those from before, unless the caller expects others. */
  readonly expectedVersions: Readonly<Record<string, number>>;
  /** The variables' ids, by name; absent in entries from when they were not recorded. */
  readonly ids?: Readonly<Record<string, string>>;
}

/** What is kept in a study's log, one entry per command. */
export type StudyEntry = StudyHappening & EntryHead;
