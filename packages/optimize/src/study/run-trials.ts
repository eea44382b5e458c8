import { requireArguments, type ValueRecord } from "@trimtab/core";
import { runningArguments } from "../argument-kinds.ts";
import { checkLimit } from "../check-limit.ts";
import type { Study } from "./study.ts";
import type { Trial } from "./trial.ts";

/** A trial under way, as its objective sees it. */
export interface RunningTrial {
  readonly number: number;
  /** Records how it is doing and says whether to give it up, which the objective does by returning `"pruned"`. */
  report(step: number, value: number): boolean;
}

/**
 * What a study tries to make better: takes values of the variables and gives one number, or one per objective, or
 * `"pruned"` for a trial that it gave up. May take its time.
 */
export type ObjectiveFunction<P = ValueRecord> = (
  parameters: P,
  trial: RunningTrial,
) => ObjectiveResult | Promise<ObjectiveResult>;

/** What came of a trial. */
export type ObjectiveResult = number | readonly number[] | "pruned";

/** How to run trials. */
export interface OptimizeOptions {
  /** How many to run, fewer where the study has no more. */
  readonly trials: number;
  /** How many at once; 1 unless given, which makes the whole run reproducible. */
  readonly parallel?: number;
  /** Starts no more trials once aborted; those under way are waited for. */
  readonly signal?: AbortSignal;
  /** Called after each trial. */
  readonly onTrial?: (trial: Trial, study: Study) => void;
  /** Goes on after an objective that throws; otherwise the first error is thrown once those under way have ended. */
  readonly keepGoing?: boolean;
}

/** Runs an objective on trials of a study. A result that is not finite fails its trial, as an error does. */
export async function runTrials<P>(
  study: Study,
  objective: ObjectiveFunction<P>,
  options: OptimizeOptions,
): Promise<void> {
  requireArguments(runningArguments, [objective, options]);
  const { trials, parallel = 1, signal, keepGoing = false, onTrial } = options;
  checkLimit("trials", trials, 0);
  checkLimit("parallel", parallel, 1);
  let left = trials;
  const errors: unknown[] = [];
  const work = async () => {
    while (left > 0 && !signal?.aborted && (keepGoing || errors.length === 0)) {
      left--;
      const trial = study.ask();
      if (trial === undefined) return;
      const error = await runTrial(study, trial, objective);
      if (error !== undefined) errors.push(error.thrown);
      const ended = study.state.table.all.get(trial.number);
      if (ended !== undefined) onTrial?.(ended, study);
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallel, trials) }, work));
  if (!keepGoing && errors.length > 0) throw errors[0];
}

async function runTrial<P>(study: Study, { number, parameters }: Trial, objective: ObjectiveFunction<P>) {
  try {
    const report = (step: number, value: number) => study.report(number, step, value);
    const result = await objective(parameters as P, { number, report });
    if (result === "pruned") study.prune(number);
    else if ([result].flat().every(Number.isFinite)) study.tell(number, result);
    else study.fail(number, { cause: `the objective gave ${String(result)}` });
    return undefined;
  } catch (thrown) {
    if (study.state.table.running.get(number) !== undefined) study.fail(number, { cause: String(thrown) });
    return { thrown };
  }
}
