import { crowdingDistances, sortIntoFronts } from "../objectives/dominance.ts";
import type { Random } from "../random.ts";
import { parseSettings } from "../settings.ts";
import type { Axis, SpaceLayout } from "../space/space-layout.ts";
import { keepFold } from "../study/keep-fold.ts";
import { drawUnit } from "./random-sampler.ts";
import { type Observation, observe, type Sampler, type SamplerRequest } from "./sampler.ts";

/** How NSGA-II breeds. */
export interface NsgaOptions {
  /** Members of a generation: 4 to 10 000; 50 unless given. */
  readonly population?: number;
  /** How near to its parents crossing leaves a child, η_c: larger is nearer: 1 to 1000; 30 unless given. */
  readonly crossoverIndex?: number;
  /** How near to where it was mutation leaves a child, η_m: larger is nearer: 1 to 1000; 5 unless given. */
  readonly mutationIndex?: number;
}

/**
 * Breeds generations towards the Pareto front: NSGA-II (Deb et al., "A fast and elitist multiobjective genetic
 * algorithm: NSGA-II", 2002), with simulated binary crossover and polynomial mutation as in its section IV, and choices
 * taken from either parent or drawn anew. Beyond the paper, every child mutates on at least one axis and of several
 * trials with the same losses one survives, which keeps small populations from becoming copies of each other. Parallel
 * workers share a generation.
 *
 * @throws StoreError `invalid_argument` for options out of range
 */
export function createNsga2Sampler(options: NsgaOptions = {}): Sampler {
  const ranges = {
    population: { initial: 50, min: 4, max: 10_000 },
    crossoverIndex: { initial: 30, min: 1, max: 1000 },
    mutationIndex: { initial: 5, min: 1, max: 1000 },
  };
  const config = parseSettings(ranges, options);
  const { population, crossoverIndex, mutationIndex } = config;
  const fold = createFold(population);
  return {
    name: "nsga2",
    config,
    suggest(request) {
      const { layout, random, spaceVersion: space } = request;
      const { generation, parents } = fold(request);
      const note = { space, generation };
      const [one, other] = [select(parents, random), select(parents, random)];
      if (one === undefined || other === undefined) return { unit: drawUnit(layout, random), note };
      const child = cross(layout, [one, other], { random, spread: crossoverIndex });
      return { unit: mutate(layout, child, { random, spread: mutationIndex }), note };
    },
  };
}

/** A generation's survivors: the best fronts, and of the last of them those with the most room, best first. */
interface Survivors {
  readonly members: readonly Observation[];
  readonly ranks: readonly number[];
  readonly rooms: readonly number[];
}

/** Elitist replacement (section III.C): the parents and their children, sorted into fronts, cut at `population`. */
function survive(candidates: readonly Observation[], population: number): Survivors {
  const all = Array.from(
    Map.groupBy(candidates, ({ losses }) => losses.join()).values(),
    ([first]) => first as Observation,
  );
  const sorted = sortIntoFronts(all.map(({ losses }) => losses)).flatMap((front, rank) => {
    const rooms = crowdingDistances(front.map((i) => (all[i] as Observation).losses));
    return front
      .map((i, k) => ({ member: all[i] as Observation, rank, room: rooms[k] as number }))
      .sort((a, b) => b.room - a.room);
  });
  const kept = sorted.slice(0, population);
  return {
    members: kept.map(({ member }) => member),
    ranks: kept.map(({ rank }) => rank),
    rooms: kept.map(({ room }) => room),
  };
}

type Parents = readonly { readonly unit: Float64Array; readonly rank: number; readonly room: number }[];

/** A parent by the crowded comparison of two drawn at random: the lower front, then the more room (section III.B). */
function select(parents: Parents, random: Random): Float64Array | undefined {
  const [a, b] = [parents[random.below(parents.length)], parents[random.below(parents.length)]];
  if (a === undefined || b === undefined) return undefined;
  return (a.rank === b.rank ? a.room >= b.room : a.rank < b.rank) ? a.unit : b.unit;
}

/** How far breeding has come. */
interface Bred {
  /** The generation that is bred now, and the survivors of those before. */
  generation: number;
  survivors: Survivors;
  /** Complete trials by their generation, in the order in which they have ended. */
  readonly children: Map<string, Observation[]>;
}

const keyOfGeneration = (space: unknown, generation: unknown): string => `${space}/${generation}`;

/** Makes the fold from trials to the parents of the generation that is bred now. */
function createFold(population: number) {
  const fold = keepFold({
    keyOf: ({ layout }: SamplerRequest) => layout,
    begin: (): Bred => ({ generation: 0, survivors: { members: [], ranks: [], rooms: [] }, children: new Map() }),
    add({ children }, trial, request) {
      const observed = trial.state === "complete" ? observe(request, trial) : undefined;
      if (observed === undefined) return;
      const key = keyOfGeneration(trial.note?.["space"], trial.note?.["generation"]);
      const sameGeneration = children.get(key) ?? [];
      children.set(key, sameGeneration);
      sameGeneration.push(observed);
    },
  });
  return (request: SamplerRequest): { generation: number; parents: Parents } => {
    const bred = fold(request);
    for (;;) {
      const children = bred.children.get(keyOfGeneration(request.spaceVersion, bred.generation)) ?? [];
      if (children.length < population) break;
      bred.survivors = survive([...bred.survivors.members, ...children.slice(0, population)], population);
      bred.generation++;
    }
    const { members, ranks, rooms } = bred.survivors;
    const parents = members.map(({ unit }, i) => ({ unit, rank: ranks[i] as number, room: rooms[i] as number }));
    return { generation: bred.generation, parents };
  };
}

interface Breeding {
  readonly random: Random;
  readonly spread: number;
}

/**
 * Simulated binary crossover within bounds (Deb and Agrawal, "Simulated binary crossover for continuous search space",
 * 1995), every axis with probability one half and otherwise taken from either; gives one of the two children.
 */
function cross({ axes }: SpaceLayout, [a, b]: readonly [Float64Array, Float64Array], breeding: Breeding): Float64Array {
  const { random } = breeding;
  return a.map((x, i) => {
    const y = b[i] as number;
    const [u, side, isCrossed] = [random.next(), random.next() < 0.5, random.next() < 0.5];
    if (Number.isNaN(x) || Number.isNaN(y)) return Number.isNaN(x) ? y : x;
    if (!isCrossed || axes[i]?.isCategorical || Math.abs(x - y) < 1e-14) return side ? x : y;
    return blend(Math.min(x, y), Math.max(x, y), side, u, breeding.spread);
  });
}

/** One child of two values in [0, 1], near the lower or the higher. */
function blend(low: number, high: number, isLow: boolean, u: number, spread: number): number {
  const gap = high - low;
  const room = 1 + (2 * (isLow ? low : 1 - high)) / gap;
  const alpha = 2 - room ** -(spread + 1);
  const beta = u <= 1 / alpha ? (u * alpha) ** (1 / (spread + 1)) : (1 / (2 - u * alpha)) ** (1 / (spread + 1));
  const child = 0.5 * (low + high + (isLow ? -beta : beta) * gap);
  return Math.min(1, Math.max(0, child));
}

/**
 * Polynomial mutation within bounds (Deb, "Multi-objective optimization using evolutionary algorithms", 2001), of one
 * axis and another on average.
 */
function mutate({ axes }: SpaceLayout, unit: Float64Array, { random, spread }: Breeding): Float64Array {
  const forced = random.below(unit.length);
  const there = unit.reduce((count, x) => count + (Number.isNaN(x) ? 0 : 1), 0);
  return unit.map((x, i) => {
    const [draw, u] = [random.next(), random.next()];
    if (Number.isNaN(x) || (i !== forced && draw >= 1 / there)) return x;
    return isUnordered(axes[i]) ? u : shift(x, u, spread);
  });
}

// Cells so wide that a small step would hardly ever leave one are drawn anew, as choices are.
const isUnordered = (axis: Axis | undefined): boolean =>
  axis?.isCategorical === true || (axis !== undefined && axis.cells > 0 && axis.cells <= 4);

function shift(x: number, u: number, spread: number): number {
  const power = 1 / (spread + 1);
  const change =
    u < 0.5
      ? (2 * u + (1 - 2 * u) * (1 - x) ** (spread + 1)) ** power - 1
      : 1 - (2 * (1 - u) + 2 * (u - 0.5) * x ** (spread + 1)) ** power;
  return Math.min(1, Math.max(0, x + change));
}
