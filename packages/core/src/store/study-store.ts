import type { ValueRecord } from "../payload.ts";
import type { StudyInfo, StudyTrial } from "../study/study.ts";
import type { Page, PageOptions } from "./page.ts";
import type {
  ApplyTrialOptions,
  AskTrialsOptions,
  ChangeBoundsOptions,
  CreateStudyOptions,
  DeleteStudyOptions,
  FailTrialOptions,
  IntermediateReport,
  IntermediateReported,
  ListStudiesOptions,
  ListTrialsOptions,
  RollbackStudyOptions,
  StudyCallOptions,
  StudyInfoChanges,
  StudyRolledBack,
  StudySpec,
  StudyWatchEvent,
  TellTrialOptions,
  TellTrialsOptions,
  TrialApplied,
  TrialFailed,
  TrialRenewed,
  TrialResult,
  TrialsAsked,
  TrialsTold,
  TrialTold,
  WatchStudyOptions,
} from "./study-calls.ts";
import type { Found } from "./variable-store.ts";

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
   * `read_only` for variables that cannot be searched, with `unbounded_space` where constraints leave no finite region, and with
   * `limit_exceeded` for more than the sampler can search.
   */
  createStudy(session: string, spec: StudySpec, options?: CreateStudyOptions): Promise<StudyInfo>;
  getStudy(session: string, study: string): Promise<StudyInfo>;
  /** Lists a session's own studies, by id. */
  listStudies(session: string, options?: ListStudiesOptions): Promise<Page<StudyInfo>>;
  /** Pauses, ends or resumes a study, or replaces its limits or its metadata. */
  updateStudy(
    session: string,
    study: string,
    changes: StudyInfoChanges,
    options?: StudyCallOptions,
  ): Promise<StudyInfo>;
  /**
   * Searches variables within other constraints, by name, from the next trial on. The variables' own stay as they are. Trials
   * under way keep their values; finished ones go on to count where they lie within the bounds. One that was replaced by another of its
   * name and type is from then on that one.
   */
  changeBounds(
    session: string,
    study: string,
    bounds: Readonly<Record<string, ValueRecord>>,
    options?: ChangeBoundsOptions,
  ): Promise<StudyInfo>;
  /** Deletes a study with its trials. Variables keep what was applied to them. */
  deleteStudy(session: string, study: string, options?: DeleteStudyOptions): Promise<void>;

  /** Puts a trial of given values in line; the sampler fills in those that are missing once it is handed out. */
  enqueueTrial(
    session: string,
    study: string,
    parameters: ValueRecord,
    options?: StudyCallOptions,
  ): Promise<StudyTrial>;
  /**
   * Hands out trials: those that the client holds, then those in line, then new ones that the session's rules allow. With
   * `parameters`, one trial of just these values, which the client suggests itself; what lies outside the bounds or
   * breaks a rule is refused with `invalid_argument` or `rule_violation`. Rejects with `not_found` once a variable that the study
   * searches is gone, also where another one has its name by now.
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
  /**
   * Sets the live variables to a complete trial's values in one commit, the best one's unless told. Rejects with `not_found`
   * without one.
   */
  applyTrial(session: string, study: string, options?: ApplyTrialOptions): Promise<TrialApplied>;
  /**
   * Sets the variables back to what they were before the study wrote them, in one commit; rejects with `version_mismatch`
   * where others have since, unless told otherwise. Changes nothing, and tells of nothing written, where no trial is applied, and where the request was made before.
   */
  rollbackStudy(session: string, study: string, options?: RollbackStudyOptions): Promise<StudyRolledBack>;
  /**
   * Watches a study: first as it is, unless `after` resumes an earlier watch, and then what has changed whenever something
   * has. Changes that come faster than they are taken are told together, so that a slow reader slows nobody.
   */
  watchStudy(session: string, study: string, options?: WatchStudyOptions): AsyncIterable<StudyWatchEvent>;
}
