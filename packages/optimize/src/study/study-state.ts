import { checkChoice, objectiveDirections, StoreError, storeError, type ValueRecord } from "@trimtab/core";
import { checkLimit } from "../check-limit.ts";
import { type Direction, directionOf, type Objective } from "../objectives/objective.ts";
import type { Pruner } from "../pruners/pruner.ts";
import type { Sampler } from "../samplers/sampler.ts";
import { createTpeSampler } from "../samplers/tpe-sampler.ts";
import type { SearchSpace } from "../space/search-space.ts";
import { createSpaceLayout, type SpaceLayout } from "../space/space-layout.ts";
import type { StudyStatus } from "./study-event.ts";
import type { Trial } from "./trial.ts";
import { noTrials, type TrialTable, toTrialArray, toTrialTable } from "./trial-table.ts";

/** What a study is made of. */
export interface StudyOptions {
  /** Where to search at first. */
  readonly space: SearchSpace;
  /** What to bring about, at least one, each of another metric; `loss` is minimised unless given. With several, trials are compared by Pareto dominance. */
  readonly objectives?: readonly Objective[];
  /** How to suggest points: TPE unless given. */
  readonly sampler?: Sampler;
  /** How to tell hopeless trials, for one objective alone: none are unless given. */
  readonly pruner?: Pruner;
  /** With the same seed and the same calls a study suggests the same. Taken modulo 2^64; 0 unless given. */
  readonly seed?: number | bigint;
  /** Trials under way at once, at least 1; no limit unless given. */
  readonly parallelism?: number;
  /** Trials in all, failed ones not counted, at least 1; no limit unless given. */
  readonly maxTrials?: number;
  /** How often a lost trial is put in line again; 0 unless given. */
  readonly maxRetries?: number;
  /** A rule across parameters, pure: points whose values it refuses are not suggested. */
  readonly isAllowed?: (values: ValueRecord) => boolean;
}

/** A study's options with nothing left open. */
export interface StudyDefinition {
  readonly directions: readonly Direction[];
  readonly objectives: readonly Objective[];
  readonly sampler: Sampler;
  readonly pruner: Pruner | undefined;
  readonly seed: bigint;
  readonly maxRetries: number;
  readonly isAllowed: ((values: ValueRecord) => boolean) | undefined;
}

/** All there is to know of a study at one moment. Never changed: an event makes a new one. */
export interface StudyState {
  readonly definition: StudyDefinition;
  readonly layout: SpaceLayout;
  /** 1 at first, one more per change of the space. */
  readonly spaceVersion: number;
  readonly status: StudyStatus;
  readonly parallelism: number | undefined;
  readonly maxTrials: number | undefined;
  /** By number. The array is made when it is first read, which takes as long as there are trials; `table` finds them without. */
  readonly trials: readonly Trial[];
  /** The same trials by what they are looked for, at a cost that does not grow with how many there are. */
  readonly table: TrialTable;
}

/** What of a state may change. */
type Changes = Partial<Omit<StudyState, "definition" | "trials">>;

/** Gives the state that is as another one but for what has changed. */
export function changeState(state: StudyState, changes: Changes): StudyState {
  const { definition, layout, spaceVersion, status, parallelism, maxTrials, table } = state;
  return withTrials({ definition, layout, spaceVersion, status, parallelism, maxTrials, table, ...changes });
}

const withTrials = (parts: Omit<StudyState, "trials">): StudyState => ({
  ...parts,
  get trials() {
    return toTrialArray(parts.table);
  },
});

/** What a study has come to, beside its options: what is kept of a state to go on from. */
export interface StudyProgress extends Pick<StudyState, "spaceVersion" | "status" | "parallelism" | "maxTrials"> {
  /** By number. */
  readonly trials: readonly Trial[];
}

/**
 * Makes a state again that was kept as its trials and what else it had come to.
 *
 * @param options what the study was made of, and its space as it was then
 * @throws StoreError `invalid_argument` for options out of range
 */
export function resumeStudyState(options: StudyOptions, { trials, ...progress }: StudyProgress): StudyState {
  const state = initialStudyState(options);
  return changeState(state, { ...progress, table: toTrialTable(trials, state.definition.directions) });
}

/**
 * The state of a study before anything has happened in it.
 *
 * @throws StoreError `invalid_argument` for options out of range
 */
export function initialStudyState(options: StudyOptions): StudyState {
  const objectives = options.objectives ?? [{ metric: "loss" }];
  if (objectives.length === 0) {
    throw storeError("invalid_argument", "objectives must not be empty", { field: "objectives", limit: 1, value: 0 });
  }
  for (const [index, { direction }] of objectives.entries()) {
    const wrong = checkChoice(direction, `objectives[${index}].direction`, objectiveDirections);
    if (wrong !== undefined) throw new StoreError(wrong);
  }
  if (objectives.length > 1 && options.pruner !== undefined) {
    const message = `pruner ${options.pruner.name} needs one objective, got ${objectives.length}`;
    throw storeError("invalid_argument", message, { field: "pruner", limit: 1, value: objectives.length });
  }
  const { sampler = createTpeSampler(), pruner, seed = 0, maxRetries = 0, isAllowed, parallelism, maxTrials } = options;
  checkLimit("maxRetries", maxRetries, 0);
  if (parallelism !== undefined) checkLimit("parallelism", parallelism, 1);
  if (maxTrials !== undefined) checkLimit("maxTrials", maxTrials, 1);
  if (typeof seed !== "bigint") checkLimit("seed", seed, Number.MIN_SAFE_INTEGER);
  return withTrials({
    definition: {
      directions: objectives.map(directionOf),
      objectives,
      sampler,
      pruner,
      seed: BigInt.asUintN(64, BigInt(seed)),
      maxRetries,
      isAllowed,
    },
    layout: createSpaceLayout(options.space),
    spaceVersion: 1,
    status: "running",
    parallelism,
    maxTrials,
    table: noTrials,
  });
}
