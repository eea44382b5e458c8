import { initialStudyState, type StudyState, type Trial } from "@trimtab/optimize";
import { prunerOf, samplerOf } from "./methods.ts";
import type { EntryRequest } from "./study-entry.ts";
import { type StudyMeans, type StudyView, spaceOf } from "./study-fold.ts";

/** A study as it was after one of its entries: plain data. */
export interface StudySnapshot
  extends Pick<
      StudyView,
      | "record"
      | "variables"
      | "metadata"
      | "createdBy"
      | "createdAtMs"
      | "updatedAtMs"
      | "times"
      | "applying"
      | "applied"
      | "isDeleted"
    >,
    Pick<StudyState, "spaceVersion" | "status"> {
  /** Trials at once and in all; 0 for no limit. */
  readonly limits: { readonly parallelism: number; readonly maxTrials: number };
  readonly trials: readonly Trial[];
  readonly heardAtMs: readonly (readonly [number, number])[];
  readonly requests: readonly EntryRequest[];
}

/** Takes a study down as plain data. */
export function takeSnapshot(
  { state, heardAtMs, ...view }: StudyView,
  requests: Iterable<EntryRequest>,
): StudySnapshot {
  const { spaceVersion, status, trials, parallelism = 0, maxTrials = 0 } = state;
  const limits = { parallelism, maxTrials };
  return { ...view, spaceVersion, status, limits, trials, heardAtMs: [...heardAtMs], requests: [...requests] };
}

/** Makes the study again that a snapshot was taken of. */
export function fromSnapshot(snapshot: StudySnapshot, means: StudyMeans): StudyView {
  const { requests: _, spaceVersion, status, limits, trials, heardAtMs, ...view } = snapshot;
  const { record, variables } = view;
  const state = initialStudyState({
    space: spaceOf(variables, means),
    objectives: record.objectives,
    sampler: samplerOf(record.sampler, means),
    ...(record.pruner !== undefined && { pruner: prunerOf(record.pruner, means) }),
    seed: record.seed,
    maxRetries: record.maxRetries,
  });
  const limited = { parallelism: limits.parallelism || undefined, maxTrials: limits.maxTrials || undefined };
  return { ...view, state: { ...state, ...limited, spaceVersion, status, trials }, heardAtMs: new Map(heardAtMs) };
}
