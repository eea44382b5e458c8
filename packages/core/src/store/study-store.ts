import type { ValueRecord } from "../payload.ts";
import type { StoreError } from "../store-error.ts";
import type { StudyInfo, StudyObjective, StudyStatus, StudyTrial, StudyTrialState } from "../study/study.ts";
import type { Page, PageOptions } from "./page.ts";
import type { Found } from "./variable-store.ts";
import type { DeleteOptions, Receipt, WriteOptions, Written } from "./write.ts";

/**
 * Studies of sessions: searches in which workers ask for trials, run them and tell what came of it. A study suggests and
 * keeps count; it leases no variable and writes none until a trial is applied, which is a write like any other: while
 * somebody else holds a lease on one of its variables, applying and rolling back reject with `already_optimizing`.
 *
 * A study is named by its id, one of another session by `<session>/<id>`. The session that it belongs to may do
 * everything with it, another one as much if it has the permission `optimize` on each variable that the study searches; applying takes
 * what writing them takes. Methods reject as those of a `Store` do, with `not_found` for unknown studies and
 * trials, and with `access_denied`. What is refused changes nothing. What is asked with a `requestId` is done once.
 */
export interface StudyStore {
  /**
   * Starts a study of a session's variables; where they are another's, `<session>/<name>`, it belongs to that one. Rejects with
   * `already_exists` unless `ifExists: "keep"`, with `invalid_argument` for unknown samplers and pruners, with
   * `read_only` for variables that cannot be searched, and with `unbounded_space` where constraints leave no finite region.
   */
  createStudy(session: string, spec: StudySpec, options?: CreateStudyOptions): Promise<StudyInfo>;
  getStudy(session: string, study: string): Promise<StudyInfo>;
  /** Lists a session's own studies, by id. */
  listStudies(session: string, options?: ListStudiesOptions): Promise<Page<StudyInfo>>;
  /** Pauses, ends or resumes a study, or replaces its limits or its metadata. */
  updateStudy(session: string, study: string, changes: StudyInfoChanges, options?: WriteOptions): Promise<StudyInfo>;
  /**
   * Searches variables within other constraints, by name, from the next trial on. The variables' own stay as they are. Trials
   * under way keep their values; finished ones go on to count where they lie within the bounds.
   */
  changeBounds(
    session: string,
    study: string,
    bounds: Readonly<Record<string, ValueRecord>>,
    options?: ChangeBoundsOptions,
  ): Promise<StudyInfo>;
  /** Deletes a study with its trials. Variables keep what was applied to them. */
  deleteStudy(session: string, study: string, options?: Pick<DeleteOptions, "allowMissing" | "actor">): Promise<void>;

  /** Puts a trial of given values in line; the sampler fills in those that are missing once it is handed out. */
  enqueueTrial(session: string, study: string, parameters: ValueRecord, options?: WriteOptions): Promise<StudyTrial>;
  /**
   * Hands out trials: those that the client holds, then those in line, then new ones that the session's rules allow. With
   * `parameters`, one trial of just these values, which the client suggests itself; what lies outside the bounds or
   * breaks a rule is refused with `invalid_argument` or `rule_violation`.
   */
  askTrials(session: string, study: string, options: AskTrialsOptions): Promise<TrialsAsked>;
  /** Ends a trial. Telling the same again changes nothing; anything else rejects with `trial_ended`. */
  tellTrial(session: string, study: string, result: TrialResult, options?: TellTrialOptions): Promise<TrialTold>;
  /** Ends several trials at once: all of them or none, unless `atomic: false`. */
  tellTrials(
    session: string,
    study: string,
    results: readonly TrialResult[],
    options?: TellTrialsOptions,
  ): Promise<TrialsTold>;
  /** Records how a trial is doing, keeps it from being lost, and says whether to give it up. */
  reportIntermediateValue(
    session: string,
    study: string,
    report: IntermediateReport,
    options?: TellTrialOptions,
  ): Promise<IntermediateReported>;
  /** Ends a trial without a result. */
  failTrial(session: string, study: string, number: number, options?: FailTrialOptions): Promise<TrialFailed>;
  /** Keeps a trial from being lost for another while. */
  renewTrial(session: string, study: string, number: number, options?: TellTrialOptions): Promise<TrialRenewed>;

  getTrial(session: string, study: string, number: number): Promise<StudyTrial>;
  /** Lists trials, by number. */
  listTrials(session: string, study: string, options?: ListTrialsOptions): Promise<Page<StudyTrial>>;
  /** Reads the best complete trial; rejects with `not_found` before there is one, and with `several_objectives`. */
  getBestTrial(session: string, study: string): Promise<StudyTrial>;
  /** Lists the complete trials that no other one beats in every objective, by number. */
  listParetoTrials(session: string, study: string, options?: PageOptions): Promise<Page<StudyTrial>>;
  /**
   * Reads variables as they would be now with a trial's values, and what is derived following from those; the variables that the
   * study searches unless refs are given.
   */
  getTrialVariables(session: string, study: string, number: number, refs?: readonly string[]): Promise<Found>;
  /** Sets the live variables to a complete trial's values in one commit, the best one's unless told. */
  applyTrial(session: string, study: string, options?: ApplyTrialOptions): Promise<TrialApplied>;
  /**
   * Sets the variables back to what they were before the study wrote them, in one commit; rejects with `version_mismatch`
   * where others have since, unless told otherwise. Changes nothing where no trial is applied.
   */
  rollbackStudy(session: string, study: string, options?: RollbackStudyOptions): Promise<StudyRolledBack>;
  /**
   * Watches a study: first as it is, unless `after` resumes an earlier watch, and then what has changed whenever something
   * has. Changes that come faster than they are taken are told together, so that a slow reader slows nobody.
   */
  watchStudy(session: string, study: string, options?: WatchStudyOptions): AsyncIterable<StudyWatchEvent>;
}

/** What a study is created with. */
export interface StudySpec {
  /** A random one unless given. */
  readonly id?: string;
  /** Ids or names of variables to search, each over what its constraints allow. */
  readonly variables: readonly string[];
  /** Name of a configuration space of the session whose variables to search as well. */
  readonly configurationSpace?: string;
  /** Other constraints to search within, by the name of a variable. */
  readonly bounds?: Readonly<Record<string, ValueRecord>>;
  /** `loss`, minimised, unless given; with several, trials are compared by Pareto dominance. */
  readonly objectives?: readonly (Pick<StudyObjective, "metric"> & Partial<StudyObjective>)[];
  /** `tpe` unless given; also `gp`, `cma-es`, `nsga2`, `random`, `sobol` and `grid`. */
  readonly sampler?: { readonly name: string; readonly config?: ValueRecord };
  /** None unless given; `median` or `successive-halving`. */
  readonly pruner?: { readonly name: string; readonly config?: ValueRecord };
  /** Random unless given. */
  readonly seed?: number;
  /** Trials under way at once; no limit unless given. */
  readonly parallelism?: number;
  /** Trials in all, failed ones not counted; no limit unless given. */
  readonly maxTrials?: number;
  /** How often a lost trial is put in line again; 0 unless given. */
  readonly maxRetries?: number;
  /** How long a trial may go unheard of before it is lost, in milliseconds; 300 000 unless given. */
  readonly trialTtlMs?: number;
  readonly metadata?: ValueRecord;
}

export interface CreateStudyOptions extends Pick<WriteOptions, "actor" | "requestId"> {
  readonly ifExists?: "refuse" | "keep";
}

export interface ListStudiesOptions extends PageOptions {
  /** A glob over ids: `*` stands for any run of characters, everything else for itself. */
  readonly pattern?: string;
  /** Only those in one of these states. */
  readonly statuses?: readonly StudyStatus[];
}

export interface StudyInfoChanges {
  readonly status?: StudyStatus;
  /** 0 for no limit. */
  readonly parallelism?: number;
  /** 0 for no limit. */
  readonly maxTrials?: number;
  /** Replaces the metadata. */
  readonly metadata?: ValueRecord;
}

export interface ChangeBoundsOptions extends WriteOptions {
  /** Refuse with `version_mismatch` unless the bounds have this version. */
  readonly expectedSpaceVersion?: number;
}

export interface AskTrialsOptions extends WriteOptions {
  /** Names the worker, the same after a restart: it gets the trials that it holds before any new one. */
  readonly clientId?: string;
  /** How many to hold, those held already included; 1 unless given, at most 1000. */
  readonly count?: number;
  /** A value for each variable, suggested by the client itself. */
  readonly parameters?: ValueRecord;
}

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

export interface TellTrialOptions extends WriteOptions {
  /** The client that holds the trial; rejects with `lease_lost` where another one does. Speaks for whoever holds it unless given. */
  readonly clientId?: string;
}

export interface TellTrialsOptions extends TellTrialOptions {
  /** All or nothing; `true` unless given. */
  readonly atomic?: boolean;
}

export interface TrialTold {
  readonly trial: StudyTrial;
  /** It is the best so far, or no trial so far beats it in every objective. */
  readonly improved: boolean;
}

export interface TrialsTold {
  /** Those that have ended, in the order that they were told in. */
  readonly trials: readonly StudyTrial[];
  /** By number; empty where all or nothing was told. */
  readonly refused: ReadonlyMap<number, StoreError>;
}

export interface IntermediateReport {
  readonly number: number;
  /** For instance an epoch. Reporting a step again replaces its value. */
  readonly step: number;
  /** The value of the objective; finite. */
  readonly value: number;
}

export interface TrialRenewed {
  readonly leaseExpiresAtMs: number;
}

export interface IntermediateReported extends TrialRenewed {
  /** The study's pruner holds the trial hopeless. */
  readonly shouldPrune: boolean;
}

export interface FailTrialOptions extends TellTrialOptions {
  /** A sentence on why. */
  readonly cause?: string;
  /** Puts its values in line again, as often as the study says. */
  readonly retry?: boolean;
}

export interface TrialFailed {
  readonly trial: StudyTrial;
  /** Number of the trial that repeats it. */
  readonly retryNumber?: number;
}

export interface ListTrialsOptions extends PageOptions {
  /** Only those in one of these states. */
  readonly states?: readonly StudyTrialState[];
  /** Only those of this client. */
  readonly clientId?: string;
  /** Highest number first. */
  readonly newestFirst?: boolean;
}

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

export interface TrialApplied extends StudyRolledBack {
  readonly trial: StudyTrial;
}

export interface RollbackStudyOptions extends WriteOptions {
  /** Undo it even for variables that others have written since. */
  readonly overrideLaterWrites?: boolean;
}

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
