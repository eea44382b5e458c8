import type { ValueRecord } from "../payload.ts";
import type { StoreError } from "../store-error.ts";
import type { StudyInfo, StudyObjective, StudyStatus, StudyTrial, StudyTrialState } from "../study/study.ts";
import type { PageOptions } from "./page.ts";
import type { DeleteOptions, Receipt, WriteOptions, Written } from "./write.ts";

/** What a study is created with. */
export interface StudySpec {
  /** 1 to 255 characters without control characters or `/`; a random one unless given. */
  readonly id?: string;
  /** Ids or names of variables to search, each over what its constraints allow. None twice; none at all only beside a space. */
  readonly variables: readonly string[];
  /** Name of a configuration space of the session whose variables to search as well. */
  readonly configurationSpace?: string;
  /** Other constraints to search within, by the name of a variable. */
  readonly bounds?: Readonly<Record<string, ValueRecord>>;
  /**
   * At least one, each of another metric; `loss` unless given. A metric is minimised where it is called `loss` and maximised otherwise, unless it says
   * so. With several, trials are compared by Pareto dominance.
   */
  readonly objectives?: readonly (Pick<StudyObjective, "metric"> & Partial<StudyObjective>)[];
  /** `tpe` unless given; also `gp`, `cma-es`, `nsga2`, `random`, `sobol` and `grid`. */
  readonly sampler?: { readonly name: string; readonly config?: ValueRecord };
  /** None unless given; `median` or `successive-halving`. */
  readonly pruner?: { readonly name: string; readonly config?: ValueRecord };
  /** A whole number from 0 to 2^53-1; random unless given. */
  readonly seed?: number;
  /** Trials under way at once, at least 1; no limit unless given. */
  readonly parallelism?: number;
  /** Trials in all, failed ones not counted, at least 1; no limit unless given. */
  readonly maxTrials?: number;
  /** How often a lost trial is put in line again; 0 unless given. */
  readonly maxRetries?: number;
  /** How long a trial may go unheard of before it is lost, in whole milliseconds from 1 to 100 years; 300 000 unless given. */
  readonly trialTtlMs?: number;
  /** At most 64 KiB unless limits say otherwise. */
  readonly metadata?: ValueRecord;
}

/**
 * Who asks for something of a study, and under which id it is asked only once. Metadata and leases are for writes to the session, which only
 * applying a trial and undoing that make.
 */
export interface StudyCallOptions extends Pick<WriteOptions, "actor" | "origin" | "requestId" | "via"> {}

/** How a study is created. */
export interface CreateStudyOptions extends StudyCallOptions {
  /** What to do where the id is taken: refuse (the default), or give the study that is there. */
  readonly ifExists?: "refuse" | "keep";
}

/** How a study is deleted. A request's id is for the audit: one that is repeated finds nothing any more, which `allowMissing` allows. */
export interface DeleteStudyOptions extends StudyCallOptions, Pick<DeleteOptions, "allowMissing"> {}

/** Which studies to list. */
export interface ListStudiesOptions extends PageOptions {
  /** A glob over ids: `*` stands for any run of characters, everything else for itself. */
  readonly pattern?: string;
  /** Only those in one of these states. */
  readonly statuses?: readonly StudyStatus[];
}

/** What of a study to change; what is left out stays. */
export interface StudyInfoChanges {
  /** One that is completed runs again where this is set, and not by a higher `maxTrials` alone. */
  readonly status?: StudyStatus;
  /** 0 for no limit. */
  readonly parallelism?: number;
  /** 0 for no limit. */
  readonly maxTrials?: number;
  /** Replaces the metadata. */
  readonly metadata?: ValueRecord;
}

/** How the bounds of a study are changed. */
export interface ChangeBoundsOptions extends StudyCallOptions {
  /** Refuse with `version_mismatch` unless the bounds have this version. */
  readonly expectedSpaceVersion?: number;
}

/** Which trials to ask for, and for whom. */
export interface AskTrialsOptions extends StudyCallOptions {
  /** Names the worker, the same after a restart, in 1 to 255 characters: it gets the trials that it holds before any new one. */
  readonly clientId?: string;
  /** How many to hold, those held already included; 1 unless given, at most 1000. */
  readonly count?: number;
  /** A value for each variable, suggested by the client itself, for one trial, whatever the `count`. */
  readonly parameters?: ValueRecord;
}

/** Trials that were handed out, and what has become of the study. */
export interface TrialsAsked {
  /** As many as asked for, or fewer where the study allows no more at once or in all. */
  readonly trials: readonly StudyTrial[];
  /** Where it is `completed` and there are no trials, there is no more to do. */
  readonly status: StudyStatus;
}

/** What came of a trial. */
export interface TrialResult {
  readonly number: number;
  /** One finite number per objective; none where it was pruned. */
  readonly values?: readonly number[];
  /** `complete` unless given. */
  readonly state?: "complete" | "pruned";
  /** What else was measured, by metric; finite numbers. */
  readonly metrics?: Readonly<Record<string, number>>;
}

/** Who tells of a trial. */
export interface TellTrialOptions extends StudyCallOptions {
  /** The client that holds the trial; rejects with `lease_lost` where another one does. Speaks for whoever holds it unless given. */
  readonly clientId?: string;
}

/** Who tells of several trials, and whether all have to fit. */
export interface TellTrialsOptions extends TellTrialOptions {
  /** All or nothing; `true` unless given. */
  readonly atomic?: boolean;
}

/** A trial that has ended, and whether it was worth it. */
export interface TrialTold {
  readonly trial: StudyTrial;
  /** It is the best so far, or no trial so far beats it in every objective. */
  readonly improved: boolean;
}

/** Trials that have ended, and what was refused of the others. */
export interface TrialsTold {
  /** Those that have ended, in the order that they were told in. */
  readonly trials: readonly StudyTrial[];
  /** By number; empty where all or nothing was told. */
  readonly refused: ReadonlyMap<number, StoreError>;
}

/** How a trial that is under way is doing. */
export interface IntermediateReport {
  readonly number: number;
  /** For instance an epoch; a whole number from 0. Reporting a step again replaces its value. */
  readonly step: number;
  /** The value of the objective; finite. */
  readonly value: number;
}

/** Until when a trial may go unheard of, in milliseconds since the Unix epoch. */
export interface TrialRenewed {
  readonly leaseExpiresAtMs: number;
}

/** What to do with a trial that was reported on. */
export interface IntermediateReported extends TrialRenewed {
  /** The study's pruner holds the trial hopeless. */
  readonly shouldPrune: boolean;
}

/** Why a trial failed, and whether to try its values again. */
export interface FailTrialOptions extends TellTrialOptions {
  /** A sentence on why. */
  readonly cause?: string;
  /** Puts its values in line again, as often as the study says. */
  readonly retry?: boolean;
}

/** A trial that has failed, and the one that repeats it where one does. */
export interface TrialFailed {
  readonly trial: StudyTrial;
  /** Number of the trial that repeats it. */
  readonly retryNumber?: number;
}

/** Which trials to list, lowest number first unless told otherwise. */
export interface ListTrialsOptions extends PageOptions {
  /** Only those in one of these states. */
  readonly states?: readonly StudyTrialState[];
  /** Only those of this client. */
  readonly clientId?: string;
  /** Highest number first. */
  readonly newestFirst?: boolean;
}

/** Which trial to apply, and on what condition. */
export interface ApplyTrialOptions extends WriteOptions {
  /** The best trial unless given. */
  readonly number?: number;
  /** Versions that must hold, by name. */
  readonly expectedVersions?: Readonly<Record<string, number>>;
}

/** What was written, by name, and the session's revision of the commit. */
export interface StudyRolledBack extends Receipt {
  readonly applied: ReadonlyMap<string, Written>;
}

/** Receipt of a trial whose values the live variables have now. */
export interface TrialApplied extends StudyRolledBack {
  readonly trial: StudyTrial;
}

/** How applying a trial is undone. */
export interface RollbackStudyOptions extends WriteOptions {
  /** Undo it even for variables that others have written since. */
  readonly overrideLaterWrites?: boolean;
}

/** From where a study is watched, and what is told of it. */
export interface WatchStudyOptions {
  /** The token of the last event seen; the watch goes on right after it. */
  readonly after?: string;
  /** Leave ended trials out of the snapshot. */
  readonly omitEndedTrials?: boolean;
  /** Ends the watch. */
  readonly signal?: AbortSignal;
}

/** What a watch of a study yields. `token` resumes right after the event, and `revision` is the study's. */
export type StudyWatchEvent =
  /** The study and its trials as they are: drop what you hold. */
  | {
      readonly kind: "snapshot";
      readonly revision: number;
      readonly token: string;
      readonly study: StudyInfo;
      readonly trials: readonly StudyTrial[];
    }
  /** The study, and the trials that are new or have changed since the event before, as they are now. */
  | {
      readonly kind: "changes";
      readonly revision: number;
      readonly token: string;
      readonly study: StudyInfo;
      readonly trials: readonly StudyTrial[];
    }
  /** Nothing of it has changed up to `revision`. */
  | { readonly kind: "bookmark"; readonly revision: number; readonly token: string }
  /** The study is gone and the watch is over. */
  | { readonly kind: "ended"; readonly revision: number; readonly token: string };
