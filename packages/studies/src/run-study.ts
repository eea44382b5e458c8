import { storeError, type ValueRecord } from "@trimtab/core";
import type { ObjectiveResult, Trial } from "@trimtab/optimize";
import type { LiveStudy } from "./open-study.ts";
import { readDeclared, type SearchedDeclarations } from "./read-declared.ts";
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
  readonly onTrial?: (trial: Trial, study: LiveStudy) => void;
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
export interface DeclaredRunOptions<D extends SearchedDeclarations> extends RunOptions {
  readonly variables: D;
}

/** One run: what every trial of it is given. */
interface Run<P> {
  readonly study: LiveStudy;
  readonly objective: TrialFunction<P>;
  readonly read: (parameters: ValueRecord) => P;
  readonly overlays: boolean;
  readonly signal: AbortSignal;
}

/**
 * Runs an objective on trials of a study. A result that is not finite fails its trial, as an error does.
 *
 * @throws StoreError `invalid_argument` for options out of range, and for declarations that are not what is searched
 */
export async function runStudy<P>(
  study: LiveStudy,
  objective: TrialFunction<P>,
  options: RunOptions & { readonly variables?: SearchedDeclarations },
): Promise<void> {
  const { trials, parallel = 1, keepGoing = false, overlays = false, variables, onTrial } = options;
  checkWhole("trials", trials, 0);
  checkWhole("parallel", parallel, 1);
  const { signal = new AbortController().signal } = options;
  // Without declarations the objective itself declares what its parameters are.
  const read =
    variables === undefined ? (parameters: ValueRecord) => parameters as P : readDeclared<P>(study, variables);
  const run = { study, objective, read, overlays, signal };
  const output = trials > 0 ? progressOutput(options.progress) : undefined;
  const display = output && showProgress(output, { total: trials, found: () => foundBy(study) });
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
      await runTrial(run, trial).catch((error: unknown) => errors.push(error));
      const ended = study.trials[trial.number];
      if (ended === undefined) continue;
      display?.onTrial(ended);
      onTrial?.(ended, study);
    }
  };
  try {
    const workers = await Promise.allSettled(Array.from({ length: parallel }, work));
    for (const worker of workers) if (worker.status === "rejected") throw worker.reason;
  } finally {
    display?.end();
  }
  if (!keepGoing && errors.length > 0) throw errors[0];
}

function checkWhole(field: string, value: number, limit: number): void {
  if (Number.isSafeInteger(value) && value >= limit) return;
  const details = { field, limit, value };
  throw storeError("invalid_argument", `${field} must be a whole number of at least ${limit}, got ${value}`, details);
}

function foundBy({ paretoFront }: LiveStudy) {
  const values = paretoFront[0]?.values ?? [];
  const [value] = values;
  if (value === undefined) return undefined;
  return values.length === 1 ? { kind: "best" as const, value } : { kind: "front" as const, size: paretoFront.length };
}

async function runTrial<P>({ study, objective, read, overlays, signal }: Run<P>, trial: Trial): Promise<void> {
  const { number, parameters } = trial;
  try {
    const overlay = overlays ? await study.openOverlay(number) : undefined;
    const report = (step: number, value: number) => study.report(number, step, value);
    const result = await objective(read(parameters), { number, overlay, signal, report });
    if (result === "pruned") await study.prune(number);
    else if ([result].flat().every(Number.isFinite)) await study.tell(number, result);
    else await study.fail(number, { cause: `the objective gave ${String(result)}` });
  } catch (error) {
    if (study.trials[number]?.state === "running") {
      await study.fail(number, { cause: String(error), retry: signal.aborted });
    }
    // That a run ends as it was told to is no error of its own.
    if (!signal.aborted || error !== signal.reason) throw error;
  } finally {
    if (overlays) await study.closeOverlay(number);
  }
}
