import type { ValueRecord } from "@trimtab/core";
import type { Point } from "../space/point.ts";
import type { SearchSpace } from "../space/search-space.ts";

/** Whether a study hands out trials; a completed one has had all of them or was ended. */
export type StudyStatus = "running" | "paused" | "completed";

/** What can be changed about how a study goes on. */
export interface StudyChanges {
  readonly status?: StudyStatus;
  /** Trials under way at once; `undefined` in the study for no limit, 0 here to lift one. */
  readonly parallelism?: number;
  /** Trials in all, failed ones not counted; 0 lifts a limit. */
  readonly maxTrials?: number;
}

/**
 * Something that has happened in a study. Plain data, but for the functions that a conditional range has: a log that
 * keeps events elsewhere keeps the range's branches and puts the functions back.
 */
export type StudyEvent =
  | { readonly kind: "space-changed"; readonly space: SearchSpace }
  | { readonly kind: "study-updated"; readonly changes: StudyChanges }
  | {
      readonly kind: "trial-enqueued";
      readonly number: number;
      /** What is given; the sampler fills in the rest. */
      readonly point: Point;
      readonly retryOf?: number;
    }
  | {
      readonly kind: "trial-started";
      readonly number: number;
      readonly point: Point;
      readonly clientId?: string;
      readonly note?: ValueRecord;
    }
  | { readonly kind: "value-reported"; readonly number: number; readonly step: number; readonly value: number }
  | {
      readonly kind: "trial-completed";
      readonly number: number;
      readonly values: readonly number[];
      readonly metrics: Readonly<Record<string, number>>;
    }
  | { readonly kind: "trial-pruned"; readonly number: number }
  | { readonly kind: "trial-failed"; readonly number: number; readonly cause: string };
