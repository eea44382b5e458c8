import type { ValueRecord } from "@trimtab/core";
import type { ObjectiveResult, Trial } from "@trimtab/optimize";
import type { LiveStudy } from "./open-study.ts";

/** A trial under way, as its objective sees it. */
export interface LiveTrial {
  readonly number: number;
  /** The session of its overlay, where it has one; the study's otherwise is untouched by it. */
  readonly overlay: string | undefined;
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
  /** Starts no more trials once aborted; those under way are waited for. */
  readonly signal?: AbortSignal;
  /** Called after each trial. */
  readonly onTrial?: (trial: Trial, study: LiveStudy) => void;
  /** Goes on after an objective that throws; otherwise the first error is thrown once those under way have ended. */
  readonly keepGoing?: boolean;
}

/** Runs an objective on trials of a study. A result that is not finite fails its trial, as an error does. */
export async function runStudy<P>(study: LiveStudy, objective: TrialFunction<P>, options: RunOptions): Promise<void> {
  const { trials, parallel = 1, signal, keepGoing = false, onTrial } = options;
  let left = trials;
  const errors: unknown[] = [];
  const work = async () => {
    while (left > 0 && !signal?.aborted && (keepGoing || errors.length === 0)) {
      left--;
      const trial = await study.ask();
      if (trial === undefined) return;
      await runTrial(study, trial, { objective, overlays: options.overlays === true }).catch((error: unknown) => {
        errors.push(error);
      });
      const ended = study.trials[trial.number];
      if (ended !== undefined) onTrial?.(ended, study);
    }
  };
  await Promise.all(Array.from({ length: parallel }, work));
  if (!keepGoing && errors.length > 0) throw errors[0];
}

async function runTrial<P>(
  study: LiveStudy,
  { number, parameters }: Trial,
  { objective, overlays }: { objective: TrialFunction<P>; overlays: boolean },
): Promise<void> {
  try {
    const overlay = overlays ? await study.openOverlay(number) : undefined;
    const report = (step: number, value: number) => study.report(number, step, value);
    const result = await objective(parameters as P, { number, overlay, report });
    if (result === "pruned") await study.prune(number);
    else if ([result].flat().every(Number.isFinite)) await study.tell(number, result);
    else await study.fail(number, { cause: `the objective gave ${String(result)}` });
  } catch (error) {
    if (study.trials[number]?.state === "running") await study.fail(number, { cause: String(error) });
    throw error;
  } finally {
    if (overlays) await study.closeOverlay(number);
  }
}
