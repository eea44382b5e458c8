import type { ValueRecord } from "@trimtab/core";
import type { Objective, StudyEvent } from "@trimtab/optimize";

/** A variable that a study searches, with the constraints that bound the search. */
export interface SearchedVariable {
  readonly name: string;
  readonly type: string;
  readonly constraints: ValueRecord;
}

/** What a study is made of, as it was created. */
export interface StudyRecord {
  readonly variables: readonly SearchedVariable[];
  readonly objectives: readonly Objective[];
  /** Name of the sampler. */
  readonly sampler: string;
  /** Name of the pruner; empty for none. */
  readonly pruner: string;
  readonly seed: number;
  readonly maxRetries: number;
  readonly parallelism?: number;
  readonly maxTrials?: number;
}

/** What is kept in a study's log, one entry per command. */
export type StudyEntry =
  | { readonly kind: "study-created"; readonly atMs: number; readonly study: StudyRecord }
  | {
      readonly kind: "study-advanced";
      readonly atMs: number;
      readonly events: readonly Exclude<StudyEvent, { kind: "space-changed" }>[];
    }
  /** Later trials are searched for within these constraints. */
  | { readonly kind: "bounds-changed"; readonly atMs: number; readonly variables: readonly SearchedVariable[] }
  | {
      readonly kind: "trial-applied";
      readonly atMs: number;
      readonly number: number;
      /** The values from before, by name. */
      readonly before: ValueRecord;
      /** The versions that the variables were given, by name. */
      readonly versions: Readonly<Record<string, number>>;
    }
  | { readonly kind: "study-rolled-back"; readonly atMs: number };
