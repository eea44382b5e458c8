import { checkWhole, type Declarations, requireArguments, type StudyTrial, type ValueRecord } from "@trimtab/core";
import type { ObjectiveResult } from "@trimtab/optimize";
import { runningArguments } from "./argument-kinds.ts";
import type { RunProgress } from "./format-progress.ts";
import { keepTrial } from "./keep-trial.ts";
import type { LiveStudy } from "./live-study.ts";
import { readDeclared } from "./read-declared.ts";
import { refuseIf } from "./refuse-if.ts";
import { type ProgressOutput, progressOutput, showProgress } from "./show-progress.ts";

/** A trial under way, as its objective sees it. */
export interface LiveTrial {
  readonly number: number;
  /** The session of its overlay, where it has one; the study's otherwise is untouched by it. */
  readonly overlay: string | undefined;
  /** Is aborted when the run is; an objective that ends with an error then has its trial put in line again. */
  readonly signal: AbortSignal;
  /** Records how it is doing and says whether to give it up, which the objective does by returning `"pruned"`. */
  report(step: number, value: number): Promise<boolean>;
}

/** Takes values of the variables by name and gives one number, or one per objective, or `"pruned"`. */
export type TrialFunction<P = ValueRecord> = (
  parameters: P,
  trial: LiveTrial,
) => ObjectiveResult | Promise<ObjectiveResult>;

/** How to run trials. */
export interface RunOptions {
  /** How many to run, fewer where the study has no more. */
  readonly trials: number;
  /** How many at once; 1 unless given, which makes the whole run reproducible. */
  readonly parallel?: number;
  /** Give each trial an overlay of the session. */
  readonly overlays?: boolean;
  /** Starts no more trials once aborted; those under way are waited for, and told by their own signals. */
  readonly signal?: AbortSignal;
  /** Called after each trial. */
  readonly onTrial?: (trial: StudyTrial, study: LiveStudy) => void;
  /** Goes on after an objective that throws; otherwise the first error is thrown once those under way have ended. */
  readonly keepGoing?: boolean;
  /**
   * Shows how many trials have ended, the best value, the rate and the time left: where it is told to, on standard error
   * where it is `true`, nowhere where it is `false`. Unless given, standard error is used where it is a terminal and no
   * tests are running (`NODE_ENV`).
   */
  readonly progress?: boolean | ProgressOutput;
}

/** A run whose objective takes the values of declared variables, checked against what they declare. */
export interface DeclaredRunOptions<D extends Declarations> extends RunOptions {
  readonly variables: D;
}

/** One run: what every trial of it is given. */
interface Run<P> {
  readonly study: LiveStudy;
  readonly objective: TrialFunction<P>;
  readonly read: (parameters: ValueRecord) => P;
  readonly overlays: boolean;
  readonly signal: AbortSignal;
  /** How long a trial may go unheard of. */
  readonly trialTtlMs: number;
}

/**
 * Runs an objective on trials of a study. A result that is not finite fails its trial, as an error does. Trials are renewed
 * while their objectives run, however long that takes.
 *
 * @throws StoreError `invalid_argument` for options out of range, and for declarations that are not what is searched
 */
export async function runStudy<P>(
  study: LiveStudy,
  objective: TrialFunction<P>,
  options: RunOptions & { readonly variables?: Declarations },
): Promise<void> {
  requireArguments(runningArguments, [objective, options]);
  const { trials, parallel = 1, keepGoing = false, overlays = false, variables, onTrial } = options;
  refuseIf(checkWhole(trials, "trials", 0));
  refuseIf(checkWhole(parallel, "parallel", 1));
  const { signal = new AbortController().signal } = options;
  const { variables: searched, trialTtlMs } = await study.info();
  // Without declarations the objective itself declares what its parameters are.
  const read =
    variables === undefined ? (parameters: ValueRecord) => parameters as P : readDeclared<P>(searched, variables);
  const run = { study, objective, read, overlays, signal, trialTtlMs };
  const output = trials > 0 ? progressOutput(options.progress) : undefined;
  let found: RunProgress["found"];
  const display = output && showProgress(output, { total: trials, found: () => found });
  let left = trials;
  const errors: unknown[] = [];
  const ask = () =>
    study.ask().catch((error: unknown) => {
      // Where there is nothing to ask for, the other workers need not try.
      left = 0;
      throw error;
    });
  const work = async () => {
    while (left > 0 && !signal.aborted && (keepGoing || errors.length === 0)) {
      left--;
      const trial = await ask();
      if (trial === undefined) return;
      const ended = await runTrial(run, trial, (error) => errors.push(error));
      if (display !== undefined && ended.state === "complete") found = await foundBy(study);
      display?.onTrial(ended);
      onTrial?.(ended, study);
    }
  };
  try {
    const workers = await Promise.allSettled(Array.from({ length: Math.min(parallel, trials) }, work));
    for (const worker of workers) if (worker.status === "rejected") throw worker.reason;
  } finally {
    display?.end();
  }
  if (!keepGoing && errors.length > 0) throw errors[0];
}

async function foundBy(study: LiveStudy): Promise<RunProgress["found"]> {
  const front = await study.paretoFront();
  const values = front[0]?.values ?? [];
  const [value] = values;
  if (value === undefined) return undefined;
  return values.length === 1 ? { kind: "best", value } : { kind: "front", size: front.length };
}

/** Runs an objective on a trial and gives the trial as it then is; what goes wrong is told to `onError`. */
async function runTrial<P>(run: Run<P>, trial: StudyTrial, onError: (error: unknown) => void): Promise<StudyTrial> {
  const { study, signal, overlays } = run;
  const { number } = trial;
  const letGo = keepTrial(study, number, run.trialTtlMs);
  try {
    return await endTrial(run, trial);
  } catch (error) {
    // That a run ends as it was told to is no error of its own.
    if (!signal.aborted || error !== signal.reason) onError(error);
    const left = await study.trial(number);
    return left.state === "running" ? study.fail(number, { cause: causeOf(error), retry: signal.aborted }) : left;
  } finally {
    letGo();
    if (overlays) await study.closeOverlay(number);
  }
}

/** What is told of an error, of which some go on for pages. */
const causeOf = (error: unknown): string => String(error).slice(0, 1000);

async function endTrial<P>(
  { study, objective, read, overlays, signal }: Run<P>,
  trial: StudyTrial,
): Promise<StudyTrial> {
  const { number, parameters } = trial;
  const overlay = overlays ? await study.openOverlay(number) : undefined;
  const report = (step: number, value: number) => study.report(number, step, value);
  const result = await objective(read(parameters), { number, overlay, signal, report });
  if (result === "pruned") return study.prune(number);
  if ([result].flat().every(Number.isFinite)) return study.tell(number, result);
  return study.fail(number, { cause: `the objective gave ${String(result)}` });
}
