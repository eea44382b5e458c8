import type { ValueRecord } from "../payload.ts";

/** What a study tries to bring about: a metric, and which way is better. */
export interface StudyObjective {
  readonly metric: string;
  readonly direction: "minimize" | "maximize";
}

/** A variable that a study searches, with the constraints that bound the search. */
export interface StudyVariable {
  readonly name: string;
  readonly type: string;
  readonly constraints: ValueRecord;
}

/** A sampler or a pruner, by its name, and what it was told. */
export interface StudyMethod {
  readonly name: string;
  readonly config: ValueRecord;
}

/**
 * Whether a study hands out trials: `paused` none for now, `completed` none any more. It is completed with the last of `maxTrials`,
 * and where a sampler has no more to suggest, as that of a grid, once it is asked in vain.
 */
export const studyStatuses = ["running", "paused", "completed"] as const;

/** One of {@link studyStatuses}. */
export type StudyStatus = (typeof studyStatuses)[number];

/** How far a trial has come. */
export const studyTrialStates = ["waiting", "running", "complete", "pruned", "failed"] as const;

/** One of {@link studyTrialStates}. */
export type StudyTrialState = (typeof studyTrialStates)[number];

/** A study as callers see it. Times are milliseconds since the Unix epoch. */
export interface StudyInfo {
  /** 1 to 255 characters without control characters or `/`, unique in its session. */
  readonly id: string;
  readonly session: string;
  /** In the order in which trials give values. */
  readonly objectives: readonly StudyObjective[];
  /** What it searches now, and within which bounds. */
  readonly variables: readonly StudyVariable[];
  /** 1 at first, one more per change of the bounds. */
  readonly spaceVersion: number;
  readonly sampler: StudyMethod;
  /** Absent where no trial is ever held hopeless. */
  readonly pruner?: StudyMethod;
  /** With the same seed, bounds and calls it suggests the same. */
  readonly seed: number;
  /** Trials under way at once; 0 for no limit. */
  readonly parallelism: number;
  /** Trials in all, failed ones not counted; 0 for no limit. */
  readonly maxTrials: number;
  /** How often a lost trial is put in line again. */
  readonly maxRetries: number;
  /** How long a trial may go unheard of before it is lost. */
  readonly trialTtlMs: number;
  readonly status: StudyStatus;
  readonly trialCounts: Readonly<Record<StudyTrialState, number>>;
  /** Number of the best trial; absent before there is one and where there are several objectives. */
  readonly bestTrial?: number;
  /** The trial whose values the variables were last set to; absent where none was, and once that is undone. */
  readonly appliedTrial?: number;
  readonly metadata: ValueRecord;
  readonly createdBy: string;
  readonly createdAtMs: number;
  /** When it or one of its trials last changed. */
  readonly updatedAtMs: number;
  /** Number of the study's last change; changes are numbered without a gap. */
  readonly revision: number;
}

/** How a trial was doing at one step. */
export interface StudyIntermediateValue {
  /** For instance an epoch. */
  readonly step: number;
  readonly value: number;
}

/** One point of a study's space and what came of it. Times are milliseconds since the Unix epoch. */
export interface StudyTrial {
  readonly study: string;
  /** Its number in the study, from 0, without gaps. */
  readonly number: number;
  readonly state: StudyTrialState;
  /** Values of the variables, by name; while it waits, only those that were given. */
  readonly parameters: ValueRecord;
  /** Version of the bounds that they were suggested within. */
  readonly spaceVersion: number;
  /** One per objective; empty unless complete. */
  readonly values: readonly number[];
  /** How it was doing, by step. */
  readonly intermediateValues: readonly StudyIntermediateValue[];
  /** What else was measured, by metric. */
  readonly metrics: Readonly<Record<string, number>>;
  /** The client that holds it, or held it last. */
  readonly clientId?: string;
  /** Its values, or some of them, were given and not suggested. */
  readonly enqueued: boolean;
  /** Number of the trial that it repeats. */
  readonly retryOf?: number;
  readonly createdAtMs: number;
  /** When it was handed out. */
  readonly startedAtMs?: number;
  readonly endedAtMs?: number;
  /** When it is lost unless it is heard of; absent unless it runs. */
  readonly leaseExpiresAtMs?: number;
  /** A sentence on why it failed; empty where it did not. */
  readonly cause: string;
}
