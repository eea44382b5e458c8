import { emptyNumberMap, resumeStudyState, type StudyState, type Trial } from "@trimtab/optimize";
import { hear, noHearings } from "./hearings.ts";
import { prunerOf, samplerOf } from "./methods.ts";
import type { EntryRequest } from "./study-entry.ts";
import { type StudyMeans, type StudyView, spaceOf, type TrialTimes } from "./study-fold.ts";

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
      | "applying"
      | "applied"
      | "isDeleted"
    >,
    Pick<StudyState, "spaceVersion" | "status"> {
  /** Trials at once and in all; 0 for no limit. */
  readonly limits: { readonly parallelism: number; readonly maxTrials: number };
  readonly trials: readonly Trial[];
  /** When things happened to each of them. */
  readonly times: readonly TrialTimes[];
  readonly heardAtMs: readonly (readonly [number, number])[];
  readonly requests: readonly EntryRequest[];
}

/** Takes a study down as plain data. */
export function takeSnapshot(
  { state, times, heard, ...view }: StudyView,
  requests: Iterable<EntryRequest>,
): StudySnapshot {
  const { spaceVersion, status, trials, parallelism = 0, maxTrials = 0 } = state;
  const limits = { parallelism, maxTrials };
  const heardAtMs = Array.from(heard.byTrial.values(), ({ number, atMs }) => [number, atMs] as const);
  const trialwise = { trials, times: [...times.values()], heardAtMs };
  return { ...view, spaceVersion, status, limits, ...trialwise, requests: [...requests] };
}

/** Makes the study again that a snapshot was taken of. */
export function fromSnapshot(snapshot: StudySnapshot, means: StudyMeans): StudyView {
  const { requests: _, spaceVersion, status, limits, trials, times, heardAtMs, ...view } = snapshot;
  const { record, variables, createdAtMs } = view;
  const options = {
    space: spaceOf(variables, means),
    objectives: record.objectives,
    sampler: samplerOf(record.sampler, means),
    ...(record.pruner !== undefined && { pruner: prunerOf(record.pruner, means) }),
    seed: record.seed,
    maxRetries: record.maxRetries,
  };
  const limited = { parallelism: limits.parallelism || undefined, maxTrials: limits.maxTrials || undefined };
  return {
    ...view,
    state: resumeStudyState(options, { ...limited, spaceVersion, status, trials }),
    times: times.reduce((map, each, number) => map.set(number, each), emptyNumberMap<TrialTimes>()),
    heard: heardAtMs.reduce((all, [number, atMs]) => hear(all, { number, atMs }), noHearings(createdAtMs)),
  };
}
