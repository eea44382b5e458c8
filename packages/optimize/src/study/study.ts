import { checkedCalls, requireArguments, StoreError, type ValueRecord } from "@trimtab/core";
import { creationArguments, studyArguments } from "../argument-kinds.ts";
import { refuseRepeated } from "../objectives/objective.ts";
import type { SearchSpace } from "../space/search-space.ts";
import { bestTrial, paretoTrials, shouldPrune } from "./best-trials.ts";
import { decideStudy } from "./decide-study.ts";
import { evolveStudy } from "./evolve-study.ts";
import { type ObjectiveFunction, type OptimizeOptions, runTrials } from "./run-trials.ts";
import type { StudyCommand } from "./study-command.ts";
import type { StudyChanges, StudyEvent } from "./study-event.ts";
import { initialStudyState, type StudyOptions, type StudyState } from "./study-state.ts";
import type { Trial } from "./trial.ts";

/** Who speaks for a trial; where it is given, it must be the client that holds the trial. */
export interface TellOptions {
  readonly clientId?: string;
}

/**
 * A search in which workers ask for trials, run them and tell what came of it, kept in this process. Whatever is
 * refused throws a StoreError and changes nothing: `not_found` for an unknown trial, `lease_lost` where another client holds it,
 * `trial_ended` where it has ended otherwise, `invalid_argument` for numbers and values that are none.
 */
export interface Study {
  /** The study as it is now. */
  readonly state: StudyState;
  /** All that has happened, in order: with the same options these make the same study again. */
  readonly events: readonly StudyEvent[];
  /** All trials, by number: an array that is made when it is first read and does not change any more. */
  readonly trials: readonly Trial[];
  /** The best complete trial; throws `several_objectives` where the study has more than one. */
  readonly best: Trial | undefined;
  /** The complete trials that no other one beats in every objective. */
  readonly paretoFront: readonly Trial[];
  /** Hands out one trial, that which the client holds already before any other; `undefined` where there is none. */
  ask(clientId?: string): Trial | undefined;
  /** Hands out trials until the client holds `count`, at least 1, or fewer where the study allows no more. */
  askMany(count: number, clientId?: string): readonly Trial[];
  /** Ends a trial with a value for each objective. */
  tell(
    number: number,
    values: number | readonly number[],
    options?: TellOptions & { readonly metrics?: Readonly<Record<string, number>> },
  ): Trial;
  /**
   * Records how a trial is doing at a step, a whole number from 0, and says whether to give it up. Reporting a step again replaces its
   * value. Throws `several_objectives` where the study has more than one.
   */
  report(number: number, step: number, value: number, options?: TellOptions): boolean;
  /** Ends a trial that was given up. */
  prune(number: number, options?: TellOptions): Trial;
  /** Ends a trial without a result. */
  fail(number: number, options?: TellOptions & { readonly cause?: string; readonly retry?: boolean }): Trial;
  /** Puts a trial of given values in line; the sampler fills in those that are missing. */
  enqueue(parameters: ValueRecord): Trial;
  /** Fails the trials of a client that was lost, and puts them in line again as often as the study says. */
  releaseClient(clientId: string): readonly Trial[];
  /** Adds or replaces parameters, or removes them by name, from the next trial on. */
  changeSpace(parameters: SearchSpace, removed?: readonly string[]): void;
  /** Pauses, ends or resumes the study, or changes its limits. */
  update(changes: StudyChanges): void;
  /**
   * Asks for trials, runs the objective on them and tells what came of it, until there are enough. The objective
   * declares what its parameters are; that is what the space's variables hold.
   */
  optimize<P = ValueRecord>(objective: ObjectiveFunction<P>, options: OptimizeOptions): Promise<void>;
}

/**
 * Starts a study, or goes on with one: `events` of an earlier one with the same options bring it to where that was.
 *
 * @throws StoreError `invalid_argument` for options out of range and for a space without parameters, `limit_exceeded` for one that the
 *   sampler cannot search
 */
export function createStudy(options: StudyOptions, events: Iterable<StudyEvent> = []): Study {
  requireArguments(creationArguments, [options, events]);
  refuseRepeated(options.objectives ?? []);
  let state = initialStudyState(options);
  state.definition.sampler.check?.(state.layout);
  const happened: StudyEvent[] = [];
  const apply = (event: StudyEvent) => {
    state = evolveStudy(state, event);
    happened.push(event);
  };
  for (const event of events) apply(event);
  const run: Run = (command) => {
    const decision = decideStudy(state, command);
    if (decision.kind === "refused") throw new StoreError(decision.refusal);
    for (const event of decision.events) apply(event);
    return decision.numbers.map((number) => state.table.all.get(number) as Trial);
  };
  const study: Study = {
    get state() {
      return state;
    },
    get events() {
      return [...happened];
    },
    get trials() {
      return state.trials;
    },
    get best() {
      return bestTrial(state);
    },
    get paretoFront() {
      return paretoTrials(state);
    },
    ...createCommands(run),
    report(number, step, value, told) {
      run({ kind: "report-value", number, step, value, ...told });
      return shouldPrune(state, number);
    },
    optimize: (objective, running) => runTrials(study, objective, running),
  };
  return checkedCalls(study, studyArguments, throwing);
}

const throwing = () => (error: unknown) => {
  throw error;
};

type Run = (command: StudyCommand) => readonly Trial[];

/** The methods that are one command each. */
function createCommands(run: Run) {
  const runOne = (command: StudyCommand): Trial => run(command)[0] as Trial;
  const askMany: Study["askMany"] = (count, clientId) =>
    run({ kind: "ask-trials", count, ...(clientId !== undefined && { clientId }) });
  return {
    askMany,
    ask: (clientId) => askMany(1, clientId)[0],
    tell: (number, values, told) =>
      runOne({ kind: "complete-trial", number, values: typeof values === "number" ? [values] : values, ...told }),
    prune: (number, told) => runOne({ kind: "prune-trial", number, ...told }),
    fail: (number, told) => runOne({ kind: "fail-trial", number, ...told }),
    enqueue: (parameters) => runOne({ kind: "enqueue-trial", parameters }),
    releaseClient: (clientId) => run({ kind: "release-client", clientId }),
    changeSpace: (parameters, removed = []) => void run({ kind: "change-space", parameters, removed }),
    update: (changes) => void run({ kind: "update-study", changes }),
  } satisfies Partial<Study>;
}
