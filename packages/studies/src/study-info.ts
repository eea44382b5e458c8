import type { StudyInfo, StudyTrial, StudyTrialState } from "@trimtab/core";
import { bestTrial, type Trial, type TrialTable } from "@trimtab/optimize";
import type { StudyView } from "./study-fold.ts";

/** Which study is meant, as it is told to callers. */
export interface StudyName {
  readonly session: string;
  readonly id: string;
}

// A view never changes, and every watcher asks for the same.
const infos = new WeakMap<StudyView, StudyInfo>();

/** A study as callers see it. */
export function toInfo(view: StudyView, name: StudyName, revision: number): StudyInfo {
  const known = infos.get(view);
  if (known !== undefined) return known;
  const info = describeStudy(view, name, revision);
  infos.set(view, info);
  return info;
}

function describeStudy(view: StudyView, { session, id }: StudyName, revision: number): StudyInfo {
  const { record, state, applied } = view;
  const best = state.definition.directions.length === 1 ? bestTrial(state) : undefined;
  return {
    id,
    session,
    objectives: record.objectives,
    variables: view.variables,
    spaceVersion: state.spaceVersion,
    sampler: record.sampler,
    ...(record.pruner !== undefined && { pruner: record.pruner }),
    seed: record.seed,
    parallelism: state.parallelism ?? 0,
    maxTrials: state.maxTrials ?? 0,
    maxRetries: record.maxRetries,
    trialTtlMs: record.trialTtlMs,
    status: state.status,
    trialCounts: countTrials(state.table),
    ...(best !== undefined && { bestTrial: best.number }),
    ...(applied !== undefined && { appliedTrial: applied.number }),
    metadata: view.metadata,
    createdBy: view.createdBy,
    createdAtMs: view.createdAtMs,
    updatedAtMs: view.updatedAtMs,
    revision,
  };
}

function countTrials(table: TrialTable): Readonly<Record<StudyTrialState, number>> {
  const { waiting, running, ended, pruned, failed } = table;
  return { waiting: waiting.size, running: running.size, complete: ended.size - pruned - failed, pruned, failed };
}

/** A trial as callers see it. */
export function toStudyTrial(view: StudyView, study: string, trial: Trial): StudyTrial {
  const times = view.times.get(trial.number);
  const heardAtMs = view.heard.byTrial.get(trial.number)?.atMs;
  const { clientId, retryOf } = trial;
  return {
    study,
    number: trial.number,
    state: trial.state,
    parameters: trial.parameters,
    spaceVersion: trial.spaceVersion,
    values: trial.values,
    intermediateValues: trial.intermediateValues,
    metrics: trial.metrics,
    ...(clientId !== undefined && { clientId }),
    enqueued: trial.enqueued,
    ...(retryOf !== undefined && { retryOf }),
    createdAtMs: times?.createdAtMs ?? view.createdAtMs,
    ...(times?.startedAtMs !== undefined && { startedAtMs: times.startedAtMs }),
    ...(times?.endedAtMs !== undefined && { endedAtMs: times.endedAtMs }),
    ...(heardAtMs !== undefined && { leaseExpiresAtMs: heardAtMs + view.record.trialTtlMs }),
    cause: trial.cause ?? "",
  };
}
