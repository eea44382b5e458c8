import { checkWritable, type Store, StoreError, storeError, type TypeRegistry, type ValueRecord } from "@trimtab/core";
import type { CommitLog } from "@trimtab/log";
import {
  bestTrial,
  createTpeSampler,
  type Objective,
  type Pruner,
  paretoTrials,
  type Sampler,
  shouldPrune,
  type Trial,
} from "@trimtab/optimize";
import { applyTrial, rollBackStudy } from "./apply-trial.ts";
import type { SearchedDeclarations, SearchedValues } from "./read-declared.ts";
import { type DeclaredRunOptions, type RunOptions, runStudy, type TrialFunction } from "./run-study.ts";
import type { SearchedVariable, StudyEntry } from "./study-entry.ts";
import { spaceOf } from "./study-fold.ts";
import { openStudyLog, type StudyLog } from "./study-log.ts";

/** What a study works on, and how. What is recorded when it is created holds from then on, whatever is given later. */
export interface StudyOptions {
  /** Where the variables are: in process, or behind a network. */
  readonly store: Store;
  /** Where the study is kept: a log of its own, beside that of the sessions. */
  readonly log: CommitLog<StudyEntry>;
  readonly types: TypeRegistry;
  readonly session: string;
  /** Names the study in its session. */
  readonly id: string;
  /** Names of the variables to search, each over what its constraints allow. */
  readonly variables: readonly string[];
  /** `loss`, minimised, unless given. */
  readonly objectives?: readonly Objective[];
  /** TPE unless given; the same whenever the study is opened. */
  readonly sampler?: Sampler;
  readonly pruner?: Pruner;
  /** 0 unless given. */
  readonly seed?: number;
  readonly parallelism?: number;
  readonly maxTrials?: number;
  /** How often a lost trial is put in line again; 0 unless given. */
  readonly maxRetries?: number;
  /** How long a trial may go unheard of before it is lost, in milliseconds; 300 000 unless given. */
  readonly trialTtlMs?: number;
  /** The time, in milliseconds; the system's unless given. */
  readonly now?: () => number;
}

/** Who speaks for a trial; where it is given, it must be the client that holds the trial. */
export interface Speaker {
  readonly clientId?: string;
}

/** A search over variables of a session that any number of processes share. What is refused rejects and changes nothing. */
export interface LiveStudy {
  /** All trials, by number. */
  readonly trials: readonly Trial[];
  /** What is searched now. */
  readonly variables: readonly SearchedVariable[];
  /** The best complete trial; throws `several_objectives` where the study has more than one. */
  readonly best: Trial | undefined;
  readonly paretoFront: readonly Trial[];
  /**
   * Hands out a trial: that which the client holds, then those in line, then a new one that the session's rules allow;
   * `undefined` where there is none. Trials unheard of for too long are lost, and put in line again as often as the study says.
   */
  ask(clientId?: string): Promise<Trial | undefined>;
  /** Ends a trial with a value for each objective. */
  tell(
    number: number,
    values: number | readonly number[],
    options?: Speaker & { readonly metrics?: Readonly<Record<string, number>> },
  ): Promise<Trial | undefined>;
  /** Records how a trial is doing, keeps it from being lost, and says whether to give it up. */
  report(number: number, step: number, value: number, options?: Speaker): Promise<boolean>;
  prune(number: number, options?: Speaker): Promise<Trial | undefined>;
  fail(
    number: number,
    options?: Speaker & { readonly cause?: string; readonly retry?: boolean },
  ): Promise<Trial | undefined>;
  /** Puts a trial of given values in line; the sampler fills in those that are missing. */
  enqueue(parameters: ValueRecord): Promise<Trial | undefined>;
  /** Searches a variable within other constraints, from the next trial on. The variable's own stay as they are. */
  changeBounds(name: string, constraints: ValueRecord): Promise<void>;
  /**
   * Opens a trial's overlay and gives its session: a fork of the study's session as it is now, in which the trial's values
   * are set and everything derived follows. It is read, watched and written like any session, and seen by nobody else.
   */
  openOverlay(number: number): Promise<string>;
  /** Ends a trial's overlay, where it has one. */
  closeOverlay(number: number): Promise<void>;
  /** Sets the live variables to a complete trial's values, the best one's unless told, in one commit. */
  apply(number?: number): Promise<Trial>;
  /** Sets the variables back to what they were before the study wrote them; rejects with `version_mismatch` where others have since. */
  rollback(): Promise<void>;
  /**
   * Asks, runs the objective and tells, until there are enough trials. The objective takes the values of the variables
   * that `variables` declares, or declares itself what its parameters are.
   */
  optimize<D extends SearchedDeclarations>(
    objective: TrialFunction<SearchedValues<D>>,
    options: DeclaredRunOptions<D>,
  ): Promise<void>;
  optimize<P = ValueRecord>(objective: TrialFunction<P>, options: RunOptions): Promise<void>;
}

/** New trials in a row that the session's rules may refuse before asking rejects. */
const maxRefused = 100;

/**
 * Opens a study of a session, which goes on where it was, or creates it.
 *
 * @throws StoreError `not_found` and `read_only` for variables that cannot be searched, `unbounded_space` for those whose
 *   constraints leave no finite region
 */
export async function openStudy(options: StudyOptions): Promise<LiveStudy> {
  const { store, types, session, id, sampler = createTpeSampler(), pruner, now = Date.now } = options;
  const means = { types, sampler, pruner };
  const place = { log: options.log, stream: `${session}/${id}`, now };
  const study = await openStudyLog(place, () => recordOf(options, sampler), means);
  const overlayOf = (number: number) => `${session}~${id}~${number}`;
  const trialOf = (number: number): Trial => {
    const trial = study.view.state.trials[number];
    if (trial !== undefined) return trial;
    throw storeError("not_found", `study ${id} has no trial ${number}`, { resource: "trial", id: String(number) });
  };
  const one = async (command: Parameters<StudyLog["run"]>[0]) => (await study.run(command))[0];
  const live: LiveStudy = {
    get trials() {
      return study.view.state.trials;
    },
    get variables() {
      return study.view.variables;
    },
    get best() {
      return bestTrial(study.view.state);
    },
    get paretoFront() {
      return paretoTrials(study.view.state);
    },
    ask: (clientId) => ask(study, options, clientId),
    tell: (number, values, told = {}) =>
      one({ kind: "complete-trial", number, values: typeof values === "number" ? [values] : values, ...told }),
    async report(number, step, value, told = {}) {
      await study.run({ kind: "report-value", number, step, value, ...told });
      return shouldPrune(study.view.state, number);
    },
    prune: (number, told = {}) => one({ kind: "prune-trial", number, ...told }),
    fail: (number, told = {}) => one({ kind: "fail-trial", number, ...told }),
    enqueue: (parameters) => one({ kind: "enqueue-trial", parameters }),
    changeBounds: (name, constraints) =>
      study.record(({ variables }) => {
        if (!variables.some((each) => each.name === name)) {
          throw storeError("invalid_argument", `${name} is not searched`, { field: "name", value: name });
        }
        const changed = variables.map((each) => (each.name === name ? { ...each, constraints } : each));
        spaceOf(changed, means);
        return { kind: "bounds-changed", atMs: now(), variables: changed };
      }),
    async openOverlay(number) {
      const { parameters } = trialOf(number);
      const { revision } = await store.listVariables(session, { pageSize: 1 });
      const overlay = overlayOf(number);
      await store.forkSession(session, { kind: "revision", revision }, { id: overlay });
      await store.setVariables(overlay, parameters);
      return overlay;
    },
    closeOverlay: async (number) => void (await store.deleteSession(overlayOf(number), { allowMissing: true })),
    apply: (number) =>
      applyTrial({ study, store, session, id, now }, number === undefined ? undefined : trialOf(number)),
    rollback: () => rollBackStudy({ study, store, session, id, now }),
    optimize: <P>(objective: TrialFunction<P>, running: RunOptions) => runStudy(live, objective, running),
  };
  return live;
}

async function recordOf(options: StudyOptions, sampler: Sampler) {
  const { store, session, variables: names, pruner, parallelism, maxTrials } = options;
  const variables: SearchedVariable[] = [];
  for (const name of names) {
    const variable = await store.getVariable(session, name);
    const wrong = checkWritable(variable);
    if (wrong !== undefined) throw new StoreError(wrong);
    variables.push({ name: variable.name, type: variable.type, constraints: variable.constraints });
  }
  return {
    variables,
    objectives: options.objectives ?? [{ metric: "loss" }],
    sampler: sampler.name,
    pruner: pruner?.name ?? "",
    seed: options.seed ?? 0,
    maxRetries: options.maxRetries ?? 0,
    ...(parallelism !== undefined && { parallelism }),
    ...(maxTrials !== undefined && { maxTrials }),
  };
}

async function ask(
  study: StudyLog,
  { store, session, trialTtlMs = 300_000, now = Date.now }: StudyOptions,
  clientId: string | undefined,
): Promise<Trial | undefined> {
  for (const [number, heardAtMs] of study.view.heardAtMs) {
    if (now() - heardAtMs <= trialTtlMs) continue;
    await study.run({ kind: "fail-trial", number, cause: "it was not heard of in time", retry: true });
  }
  for (let refused = 0; refused < maxRefused; refused++) {
    const before = study.view.state.trials;
    const [trial] = await study.run({ kind: "ask-trials", ...(clientId !== undefined && { clientId }) });
    if (trial === undefined || before[trial.number]?.state === "running") return trial;
    const { holds, checks } = await store.checkRules(session, { updates: trial.parameters });
    if (holds) return trial;
    const rule = checks.find((check) => check.outcome !== "holds")?.rule ?? "";
    await study.run({ kind: "fail-trial", number: trial.number, cause: `rule ${rule} would not hold` });
  }
  const message = `the session's rules allow none of ${maxRefused} trials that were suggested`;
  throw storeError("rule_violation", message, { rule: "", variables: study.view.variables.map(({ name }) => name) });
}
