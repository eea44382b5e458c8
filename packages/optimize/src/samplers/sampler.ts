import type { ValueRecord } from "@trimtab/core";
import type { KernelInput } from "../numeric/fit-kernel.ts";
import type { Kernel } from "../numeric/gaussian-process.ts";
import { type Direction, toLosses } from "../objectives/objective.ts";
import type { Random } from "../random.ts";
import { encodePoint, type Point } from "../space/point.ts";
import type { SpaceLayout } from "../space/space-layout.ts";
import type { Steps } from "../steps.ts";
import { keepFold } from "../study/keep-fold.ts";
import type { Trial } from "../study/trial.ts";
import type { TrialTable } from "../study/trial-table.ts";

/** What a sampler is told. */
export interface SamplerRequest {
  readonly layout: SpaceLayout;
  /** 1 at first, one more per change of the space. */
  readonly spaceVersion: number;
  readonly directions: readonly Direction[];
  /** All trials so far, by number: an array that is made when it is first read. */
  readonly trials: readonly Trial[];
  /** The same trials by what they are looked for, which samplers here look at: who gives others gives a `toTrialTable` of them. */
  readonly table: TrialTable;
  /** The study's seed, for what all trials share. */
  readonly seed: bigint;
  /** How often a suggestion for this trial was not allowed: what was refused is no longer allowed by `isAllowed`. */
  readonly attempt: number;
  /** The trial's own stream; another one for each attempt. */
  readonly random: Random;
  /** Says whether the rules across parameters allow a place in the unit cube. */
  readonly isAllowed: (unit: Float64Array) => boolean;
}

/** Where to look next. */
export interface Suggestion {
  /** A place in the unit cube; axes left at `NaN` are drawn at random. */
  readonly unit: Float64Array;
  /** Plain data to find with the trial later. */
  readonly note?: ValueRecord;
}

/** A kernel that the next suggestion needs, and that takes long to fit. A class, to be told from values by. */
export class UnfittedKernel {
  readonly input: KernelInput;
  /** Hands in what `fitKernel` makes of the input, wherever that was done. */
  readonly accept: (kernel: Kernel) => void;

  constructor(input: KernelInput, accept: (kernel: Kernel) => void) {
    this.input = input;
    this.accept = accept;
  }
}

/**
 * Suggests where to look next. Pure: the same request gives the same suggestion, in any process and at any time, so a
 * study can be replayed. What a sampler computes from trials it may keep, as long as that shows in no suggestion.
 */
export interface Sampler {
  /** The name under which studies record it, for instance `tpe`. */
  readonly name: string;
  /** Its settings with nothing left open, which studies record too: with the same name and config it suggests the same. */
  readonly config?: ValueRecord;
  /** It goes through a list: where the rules refuse an item of it, nothing else is put in its place. */
  readonly isExhaustive?: boolean;
  /**
   * Refuses a space that it cannot search, before a study begins with it or goes on to it.
   *
   * @throws StoreError where it does
   */
  check?(layout: SpaceLayout): void;
  /** Gives what takes long of the next suggestion, if anything does; `suggest` does itself what nobody has handed in. */
  prepare?(request: SamplerRequest): UnfittedKernel | undefined;
  /** Gives the next suggestion, or `undefined` where everything there is has been tried. */
  suggest(request: SamplerRequest): Suggestion | undefined;
  /** Does what `suggest` does, in whose place studies ask it, in steps; for samplers that take so long that others had better have their turn. */
  steps?(request: SamplerRequest): Steps<Suggestion | undefined>;
}

/** A sampler that works in steps: what it suggests is at once what `steps` come to. */
export interface SteppingSampler extends Sampler {
  steps(request: SamplerRequest): Steps<Suggestion | undefined>;
}

/** A trial as samplers see it. */
export interface Observation {
  readonly trial: Trial;
  /** Its place in the unit cube; axes of branches not taken are `NaN`. */
  readonly unit: Float64Array;
  /** What came of it, less being better; empty unless complete. */
  readonly losses: readonly number[];
}

/** What it takes to look at trials. */
export type Seen = Pick<SamplerRequest, "layout" | "directions" | "table">;

const foldEnded = keepFold({
  keyOf: ({ layout }: Seen) => layout,
  begin: () => ({ complete: [] as Observation[], pruned: [] as Observation[] }),
  add({ complete, pruned }, trial, seen) {
    const observed = trial.state === "failed" ? undefined : observe(seen, trial);
    if (observed !== undefined) (trial.state === "complete" ? complete : pruned).push(observed);
  },
});

/** The complete trials that lie within the present space, in the order in which they have ended. */
export const observeComplete = (seen: Seen): readonly Observation[] => foldEnded(seen).complete;

/** The pruned trials that lie within the present space, in the order in which they have ended. */
export const observePruned = (seen: Seen): readonly Observation[] => foldEnded(seen).pruned;

/** The trials under way that lie within the present space, by number. */
export const observeRunning = (seen: Seen): readonly Observation[] =>
  [...seen.table.running.values()].flatMap((trial) => observe(seen, trial) ?? []);

/** A trial as it is seen, where it lies within the present space. */
export function observe({ layout, directions }: Seen, trial: Trial): Observation | undefined {
  const unit = placeOf(layout, trial.point);
  return unit && { trial, unit, losses: toLosses(trial.values, directions) };
}

// Points never change, and where they lie depends on them and the layout alone.
const places = new WeakMap<SpaceLayout, WeakMap<Point, Float64Array | null>>();

function placeOf(layout: SpaceLayout, point: Point): Float64Array | undefined {
  let known = places.get(layout);
  if (known === undefined) {
    known = new WeakMap();
    places.set(layout, known);
  }
  let unit = known.get(point);
  if (unit === undefined) {
    unit = encodePoint(layout, point) ?? null;
    known.set(point, unit);
  }
  return unit ?? undefined;
}
