import { storeError } from "@trimtab/core";
import { checkLimit } from "../check-limit.ts";
import { advanceCma, type CmaState, defaultPopulation, drawCma, hasConverged, startCma } from "../numeric/cma-es.ts";
import { createRandom } from "../random.ts";
import { parseSettings } from "../settings.ts";
import type { SpaceLayout } from "../space/space-layout.ts";
import { type Steps, withoutPause } from "../steps.ts";
import { keepFold } from "../study/keep-fold.ts";
import type { Trial } from "../study/trial.ts";
import { type Observation, observe, type SamplerRequest, type SteppingSampler, type Suggestion } from "./sampler.ts";
import { createTpeSampler } from "./tpe-sampler.ts";

/** How CMA-ES begins. */
export interface CmaEsOptions {
  /** Standard deviation of the first generation, relative to each range: 1e-9 to 10; 0.2 unless given. */
  readonly sigma?: number;
  /** Trials of a generation: 4 to 10 000; the tutorial's 4 + ⌊3 ln n⌋ unless given, or where 0. */
  readonly population?: number;
}

/** Ordered parameters, each component of a vector one: memory grows with their square and time with their cube. */
const maxAxes = 1000;

/** How often a draw outside the box is drawn again before it is moved to its face. */
const redraws = 64;

/**
 * Suggests from a normal distribution that each generation of trials moves, stretches and widens or narrows: CMA-ES with
 * rank-one and rank-μ updates, active weights and cumulative step-size adaptation (Hansen, "The CMA evolution strategy:
 * a tutorial", 2016). Draws outside the box are drawn again (op. cit., appendix B.5). A run that has converged is
 * followed by one of twice the population from elsewhere (Auger and Hansen, "A restart CMA evolution strategy with
 * increasing population size", 2005).
 *
 * It moves ordered parameters that are always there; choices and what their branches bring are left to TPE. It starts
 * in the middle, or at the best trial where there is one already, also after a change of the space. With several
 * objectives it follows the first. A space of more than 1000 such parameters, each component of a vector counted, is refused with
 * `limit_exceeded`.
 *
 * @throws StoreError `invalid_argument` for options out of range
 */
export function createCmaEsSampler(options: CmaEsOptions = {}): SteppingSampler {
  const ranges = {
    sigma: { initial: 0.2, min: 1e-9, max: 10, isReal: true },
    population: { initial: 0, min: 0, max: 10_000 },
  } as const;
  const config = parseSettings(ranges, options);
  const { sigma, population } = config;
  if (population !== 0) checkLimit("population", population, 4);
  const rest = createTpeSampler();
  const fold = createFold(sigma, population);
  function* steps(request: SamplerRequest): Steps<Suggestion | undefined> {
    // Asked here, too: earlier programs have begun studies that they could not go on with.
    const indices = searchedAxes(request.layout);
    const isMixed = indices.length < request.layout.axes.length;
    const unit = isMixed ? (yield* rest.steps(request))?.unit : new Float64Array(indices.length);
    if (unit === undefined || indices.length === 0) return unit && { unit };
    const { state, note } = fold(request, indices);
    const point = drawWithin(state, request);
    for (const [k, index] of indices.entries()) unit[index] = point[k] as number;
    return { unit, note };
  }
  return {
    name: "cma-es",
    config,
    check: (layout) => void searchedAxes(layout),
    suggest: (request) => withoutPause(steps(request)),
    steps,
  };
}

/** The axes that it moves; throws `limit_exceeded` where they are too many. */
function searchedAxes({ axes }: SpaceLayout): readonly number[] {
  const ordered = Array.from(axes.keys()).filter(
    (i) => !axes[i]?.isCategorical && axes[i]?.parameter.condition === undefined,
  );
  const value = ordered.length;
  if (value <= maxAxes) return ordered;
  const message = `cma-es searches at most ${maxAxes} ordered parameters, not ${value}`;
  throw storeError("limit_exceeded", message, { field: "sampler", limit: maxAxes, value });
}

function drawWithin(state: CmaState, { random }: SamplerRequest): Float64Array {
  let point = drawCma(state, random);
  for (let tries = 0; tries < redraws && point.some((x) => x < 0 || x > 1); tries++) point = drawCma(state, random);
  return point.map((x) => Math.min(1, Math.max(0, x)));
}

type Position = Required<Suggestion>["note"];

/** How far the search has come. */
interface Searched {
  /** Complete trials by their generation, in the order in which they have ended. */
  readonly generations: Map<string, Observation[]>;
  /** The best complete trial. */
  best: Observation | undefined;
  /** The first trial by number that says where the first run started. */
  first: Trial | undefined;
  /** The present run, once it is known where the first one started. */
  present: { readonly start: string; readonly run: number; readonly state: CmaState } | undefined;
}

/** Makes the fold from trials to the state of the present run. */
function createFold(sigma: number, population: number) {
  const fold = keepFold({
    keyOf: ({ layout }: SamplerRequest) => layout,
    begin: (): Searched => ({ generations: new Map(), best: undefined, first: undefined, present: undefined }),
    add(searched, trial, request) {
      searched.first = earlier(searched.first, trial, request);
      const observed = trial.state === "complete" ? observe(request, trial) : undefined;
      if (observed === undefined) return;
      if (searched.best === undefined || lossOf(observed) < lossOf(searched.best)) searched.best = observed;
      const key = keyOf(trial.note ?? {});
      const sameGeneration = searched.generations.get(key) ?? [];
      searched.generations.set(key, sameGeneration);
      sameGeneration.push(observed);
    },
  });
  return (request: SamplerRequest, indices: readonly number[]): { state: CmaState; note: Position } => {
    const { spaceVersion: space, seed } = request;
    const searched = fold(request);
    const start = firstStart(request, searched, indices);
    const usual = population || defaultPopulation(indices.length);
    const beginRun = (run: number) => {
      const from = run === 0 ? start : randomStart(seed, run, indices.length);
      return startCma(Float64Array.from(from), sigma, usual * 2 ** run);
    };
    const isSame = searched.present?.start === start.join();
    let { run, state } = isSame && searched.present ? searched.present : { run: 0, state: beginRun(0) };
    for (;;) {
      if (hasConverged(state, 1e-12)) state = beginRun(++run);
      const note = { space, run, generation: state.generation };
      const { population: size } = state.parameters;
      const members = searched.generations.get(keyOf(note)) ?? [];
      if (members.length < size) {
        searched.present = { start: start.join(), run, state };
        return { state, note: run === 0 && state.generation === 0 ? { ...note, start } : note };
      }
      const best = members.slice(0, size).sort((a, b) => lossOf(a) - lossOf(b));
      state = advanceCma(
        state,
        best.map(({ unit }) => Float64Array.from(indices, (i) => unit[i] as number)),
      );
    }
  };
}

/** Of two trials the one of the lower number that says where a run on the present space started. */
function earlier(one: Trial | undefined, other: Trial, { spaceVersion }: SamplerRequest): Trial | undefined {
  const isStart = other.note?.["start"] !== undefined && other.note["space"] === spaceVersion;
  return isStart && (one === undefined || other.number < one.number) ? other : one;
}

const lossOf = ({ losses: [loss = 0] }: Observation): number => loss;

const keyOf = ({ space, run, generation }: Position): string => `${space}/${run}/${generation}`;

const randomStart = (seed: bigint, run: number, dimensions: number): readonly number[] => {
  const random = createRandom(seed, 0x636d61, run);
  return Array.from({ length: dimensions }, () => random.next());
};

/** Where the first run on this space starts: as its first trial says, so that trials told later do not move it. */
function firstStart(
  request: SamplerRequest,
  { first: firstEnded, best }: Searched,
  indices: readonly number[],
): readonly number[] {
  let first = firstEnded;
  for (const trial of request.table.running.values()) first = earlier(first, trial, request);
  if (first?.note !== undefined) return first.note["start"] as readonly number[];
  return indices.map((i) => best?.unit[i] ?? 0.5);
}
