import type { ValueRecord } from "@trimtab/core";
import type { Direction } from "../objectives/objective.ts";
import type { Trial } from "../study/trial.ts";
import type { TrialTable } from "../study/trial-table.ts";

/** What a pruner is told. Studies of several objectives have no pruner. */
export interface PrunerRequest {
  /** The trial in question, its newest intermediate value included. */
  readonly trial: Trial;
  /** All trials, that one included, by number: an array that is made when it is first read. */
  readonly trials: readonly Trial[];
  /** The same trials by what they are looked for, which pruners here look at. */
  readonly table: TrialTable;
  readonly direction: Direction;
}

/** Tells hopeless trials by their intermediate values. Pure, as samplers are. */
export interface Pruner {
  /** The name under which studies record it, for instance `median`. */
  readonly name: string;
  /** Its settings with nothing left open, which studies record too. */
  readonly config?: ValueRecord;
  /** Says whether a trial should be given up. */
  shouldPrune(request: PrunerRequest): boolean;
}

/** Intermediate values as losses, of which less is better, by step. */
export const lossesByStep = ({ intermediateValues }: Trial, direction: Direction): readonly [number, number][] =>
  intermediateValues.map(({ step, value }) => [step, direction === "maximize" ? -value : value]);
