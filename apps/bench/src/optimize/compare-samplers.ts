import { createStudy, type Sampler } from "@trimtab/optimize";
import type { OptunaPeer } from "./optuna-peer.ts";
import type { TestFunction } from "./test-functions.ts";

/** One way to search. */
export type Contestant =
  | { readonly kind: "own"; readonly name: string; readonly create: () => Sampler }
  | {
      readonly kind: "optuna";
      readonly name: string;
      readonly sampler: string;
      readonly options: Readonly<Record<string, unknown>>;
    };

/** What came of a study: the values of its trials, and what asking and telling took. */
export interface Run {
  readonly values: readonly (readonly number[])[];
  readonly micros: number;
}

/** How much to run. */
export interface Effort {
  readonly seeds: number;
  readonly trials: number;
  /** The first seed; 0 unless given. */
  readonly firstSeed?: number;
}

/** Runs a contestant on a function once for each seed. Its runs are empty where it needs a peer that is not there. */
export async function runContestant(
  contestant: Contestant,
  fn: TestFunction,
  { seeds, trials, firstSeed = 0, peer }: Effort & { readonly peer: OptunaPeer | undefined },
): Promise<readonly Run[]> {
  const objectives = fn.objectives ?? 1;
  const runs: Run[] = [];
  for (let seed = firstSeed; seed < firstSeed + seeds; seed++) {
    if (contestant.kind === "own") runs.push(runOwn(contestant.create(), fn, { seed, trials, objectives }));
    else if (peer !== undefined) {
      const { sampler, options } = contestant;
      runs.push(await peer.run({ function: fn, sampler, options, objectives, seed, trials }));
    }
  }
  return runs;
}

interface OwnRun {
  readonly seed: number;
  readonly trials: number;
  readonly objectives: number;
}

function runOwn(sampler: Sampler, { space, evaluate }: TestFunction, { seed, trials, objectives }: OwnRun): Run {
  const metrics = Array.from({ length: objectives }, (_, i) => ({
    metric: `loss${i}`,
    direction: "minimize" as const,
  }));
  const study = createStudy({ space, sampler, seed, objectives: metrics });
  const values: (readonly number[])[] = [];
  let micros = 0;
  for (let i = 0; i < trials; i++) {
    const asked = performance.now();
    const trial = study.ask();
    micros += performance.now() - asked;
    if (trial === undefined) break;
    const told = evaluate(trial.parameters);
    values.push(told);
    const telling = performance.now();
    study.tell(trial.number, told);
    micros += performance.now() - telling;
  }
  return { values, micros: micros * 1000 };
}
