import type { StudyInfo, StudyMethod, StudyStatus, StudyTrial, StudyTrialState } from "@trimtab/core";
import {
  StudyState,
  TrialState,
  type Study as WireStudy,
  type StudyVariable as WireStudyVariable,
  type Trial as WireTrial,
} from "./gen/trimtab/v1/study_pb.ts";
import { fromKnown } from "./known.ts";
import { fromWireObjective, toWireObjective } from "./optimization.ts";
import { toWireRecord } from "./plain-value.ts";
import { refuseMessage } from "./refuse.ts";
import { fromDuration, fromTimestamp, toDuration, toTimestamp } from "./time.ts";
import { fromWireRecord, type WireEntries } from "./value.ts";
import { fromUint64, toUint64 } from "./whole-number.ts";

const statuses = {
  running: StudyState.RUNNING,
  paused: StudyState.PAUSED,
  completed: StudyState.COMPLETED,
} as const satisfies Record<StudyStatus, StudyState>;

const states = {
  waiting: TrialState.WAITING,
  running: TrialState.RUNNING,
  complete: TrialState.COMPLETE,
  pruned: TrialState.PRUNED,
  failed: TrialState.FAILED,
} as const satisfies Record<StudyTrialState, TrialState>;

/** Puts on the wire how far a study has come. */
export const toWireStudyStatus = (status: StudyStatus): StudyState => statuses[status];

/**
 * Reads how far a study has come.
 *
 * @throws StoreError `invalid_argument` naming the path, for a state that is not known here
 */
export const fromWireStudyStatus = (state: StudyState, path: string): StudyStatus => fromKnown(statuses, state, path);

/** Puts on the wire how far a trial has come. */
export const toWireTrialState = (state: StudyTrialState): TrialState => states[state];

/**
 * Reads how far a trial has come.
 *
 * @throws StoreError `invalid_argument` naming the path, for a state that is not known here
 */
export const fromWireTrialState = (state: TrialState, path: string): StudyTrialState => fromKnown(states, state, path);

const trialStates = Object.keys(states) as StudyTrialState[];

/** Puts a study on the wire. */
export const toWireStudy = (study: StudyInfo): WireStudy => ({
  $typeName: "trimtab.v1.Study",
  id: study.id,
  sessionId: study.session,
  objectives: study.objectives.map(toWireObjective),
  variables: study.variables.map(({ name, type, constraints }) => ({
    $typeName: "trimtab.v1.StudyVariable",
    name,
    type,
    constraints: toWireRecord(constraints),
  })),
  spaceVersion: toUint64(study.spaceVersion),
  sampler: { $typeName: "trimtab.v1.Sampler", ...toWireMethod(study.sampler) },
  ...(study.pruner !== undefined && { pruner: { $typeName: "trimtab.v1.Pruner", ...toWireMethod(study.pruner) } }),
  seed: toUint64(study.seed),
  parallelism: toUint64(study.parallelism),
  maxTrials: toUint64(study.maxTrials),
  maxRetries: toUint64(study.maxRetries),
  trialLeaseTtl: toDuration(study.trialTtlMs),
  state: statuses[study.status],
  trialCounts: {
    $typeName: "trimtab.v1.TrialCounts",
    waiting: toUint64(study.trialCounts.waiting),
    running: toUint64(study.trialCounts.running),
    complete: toUint64(study.trialCounts.complete),
    pruned: toUint64(study.trialCounts.pruned),
    failed: toUint64(study.trialCounts.failed),
  },
  ...(study.bestTrial !== undefined && { bestTrialNumber: toUint64(study.bestTrial) }),
  ...(study.appliedTrial !== undefined && { appliedTrialNumber: toUint64(study.appliedTrial) }),
  metadata: toWireRecord(study.metadata),
  createdBy: study.createdBy,
  createdAt: toTimestamp(study.createdAtMs),
  updatedAt: toTimestamp(study.updatedAtMs),
  revision: toUint64(study.revision),
});

const toWireMethod = ({ name, config }: StudyMethod) => ({ name, config: toWireRecord(config) });

/**
 * Reads a study.
 *
 * @throws StoreError `invalid_argument` naming the part that is absent or out of range
 */
export function fromWireStudy(study: WireStudy | undefined, path = "study"): StudyInfo {
  if (study === undefined) throw refuseMessage(path, "is required");
  const { pruner, bestTrialNumber, appliedTrialNumber, trialLeaseTtl, trialCounts } = study;
  if (trialLeaseTtl === undefined) throw refuseMessage(`${path}.trial_lease_ttl`, "is required");
  const count = (field: "parallelism" | "maxTrials" | "maxRetries" | "seed" | "spaceVersion" | "revision") =>
    fromUint64(study[field], `${path}.${field}`);
  return {
    id: study.id,
    session: study.sessionId,
    objectives: study.objectives.map((each, index) => fromWireObjective(each, `${path}.objectives[${index}]`)),
    variables: study.variables.map((each, index) => fromWireStudyVariable(each, `${path}.variables[${index}]`)),
    spaceVersion: count("spaceVersion"),
    sampler: fromWireMethod(study.sampler, `${path}.sampler`),
    ...(pruner !== undefined && { pruner: fromWireMethod(pruner, `${path}.pruner`) }),
    seed: count("seed"),
    parallelism: count("parallelism"),
    maxTrials: count("maxTrials"),
    maxRetries: count("maxRetries"),
    trialTtlMs: fromDuration(trialLeaseTtl, `${path}.trial_lease_ttl`),
    status: fromWireStudyStatus(study.state, `${path}.state`),
    trialCounts: Object.fromEntries(
      trialStates.map((state) => [state, fromUint64(trialCounts?.[state] ?? 0n, `${path}.trial_counts.${state}`)]),
    ) as Record<StudyTrialState, number>,
    ...(bestTrialNumber !== undefined && { bestTrial: fromUint64(bestTrialNumber, `${path}.best_trial_number`) }),
    ...(appliedTrialNumber !== undefined && {
      appliedTrial: fromUint64(appliedTrialNumber, `${path}.applied_trial_number`),
    }),
    metadata: fromWireRecord(study.metadata, `${path}.metadata`),
    createdBy: study.createdBy,
    createdAtMs: fromTimestamp(study.createdAt, `${path}.created_at`),
    updatedAtMs: fromTimestamp(study.updatedAt, `${path}.updated_at`),
    revision: count("revision"),
  };
}

const fromWireStudyVariable = ({ name, type, constraints }: WireStudyVariable, path: string) => ({
  name,
  type,
  constraints: fromWireRecord(constraints, `${path}.constraints`),
});

/**
 * Reads a sampler or a pruner.
 *
 * @throws StoreError `invalid_argument` naming the part that is absent or means nothing
 */
export function fromWireMethod(
  method: { readonly name: string; readonly config: WireEntries } | undefined,
  path: string,
): StudyMethod {
  if (method === undefined) throw refuseMessage(path, "is required");
  return { name: method.name, config: fromWireRecord(method.config, `${path}.config`) };
}

/** Puts a trial on the wire. */
export const toWireTrial = (trial: StudyTrial): WireTrial => ({
  $typeName: "trimtab.v1.Trial",
  studyId: trial.study,
  number: toUint64(trial.number),
  state: states[trial.state],
  parameters: toWireRecord(trial.parameters),
  spaceVersion: toUint64(trial.spaceVersion),
  values: [...trial.values],
  intermediateValues: trial.intermediateValues.map(({ step, value }) => ({
    $typeName: "trimtab.v1.IntermediateValue",
    step: toUint64(step),
    value,
  })),
  metrics: { ...trial.metrics },
  clientId: trial.clientId ?? "",
  enqueued: trial.enqueued,
  ...(trial.retryOf !== undefined && { retryOf: toUint64(trial.retryOf) }),
  createdAt: toTimestamp(trial.createdAtMs),
  ...(trial.startedAtMs !== undefined && { startedAt: toTimestamp(trial.startedAtMs) }),
  ...(trial.endedAtMs !== undefined && { endedAt: toTimestamp(trial.endedAtMs) }),
  ...(trial.leaseExpiresAtMs !== undefined && { leaseExpiresAt: toTimestamp(trial.leaseExpiresAtMs) }),
  cause: trial.cause,
});

/**
 * Reads a trial.
 *
 * @throws StoreError `invalid_argument` naming the part that is absent or out of range
 */
export function fromWireTrial(trial: WireTrial | undefined, path = "trial"): StudyTrial {
  if (trial === undefined) throw refuseMessage(path, "is required");
  const { clientId, retryOf, startedAt, endedAt, leaseExpiresAt } = trial;
  return {
    study: trial.studyId,
    number: fromUint64(trial.number, `${path}.number`),
    state: fromWireTrialState(trial.state, `${path}.state`),
    parameters: fromWireRecord(trial.parameters, `${path}.parameters`),
    spaceVersion: fromUint64(trial.spaceVersion, `${path}.space_version`),
    values: trial.values,
    intermediateValues: trial.intermediateValues.map(({ step, value }, index) => ({
      step: fromUint64(step, `${path}.intermediate_values[${index}].step`),
      value,
    })),
    metrics: trial.metrics,
    ...(clientId !== "" && { clientId }),
    enqueued: trial.enqueued,
    ...(retryOf !== undefined && { retryOf: fromUint64(retryOf, `${path}.retry_of`) }),
    createdAtMs: fromTimestamp(trial.createdAt, `${path}.created_at`),
    ...(startedAt !== undefined && { startedAtMs: fromTimestamp(startedAt, `${path}.started_at`) }),
    ...(endedAt !== undefined && { endedAtMs: fromTimestamp(endedAt, `${path}.ended_at`) }),
    ...(leaseExpiresAt !== undefined && {
      leaseExpiresAtMs: fromTimestamp(leaseExpiresAt, `${path}.lease_expires_at`),
    }),
    cause: trial.cause,
  };
}
