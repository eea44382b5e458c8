import { logExpectedImprovement } from "../numeric/expected-improvement.ts";
import type { GaussianProcess } from "../numeric/gaussian-process.ts";
import type { Random } from "../random.ts";
import { toCodedUnit } from "../space/point.ts";
import type { SpaceLayout } from "../space/space-layout.ts";
import type { Steps } from "../steps.ts";
import { climb, type Hill, type Rated } from "./climb-improvement.ts";
import { drawUnit } from "./random-sampler.ts";
import type { Observation, SamplerRequest } from "./sampler.ts";

/** Places drawn anywhere, and places drawn near the best ones. */
const drawn = 192;
/** The most promising of them, from which the improvement is climbed. */
const climbs = 4;

/** What the process has seen. */
export interface SeenByProcess {
  /** The trials that it is conditioned on. */
  readonly seen: readonly Observation[];
  /** Places of all trials, those under way too: tried again only where nothing else is found. */
  readonly taken: readonly Float64Array[];
}

/** Finds a place of great expected improvement: the best of many, and what climbing from the best few leads to. */
export function* maximizeImprovement(
  { layout, random, isAllowed }: SamplerRequest,
  process: GaussianProcess,
  { seen, taken }: SeenByProcess,
): Steps<Float64Array> {
  const leaders = seen.toSorted((a, b) => (a.losses[0] ?? 0) - (b.losses[0] ?? 0)).slice(0, 10);
  const candidates = Array.from({ length: 2 * drawn }, (_, i) =>
    toCodedUnit(layout, i < drawn ? drawUnit(layout, random) : drawNear(layout, leaders, random)),
  );
  const isNew = findNew(taken);
  const isOpen = (unit: Float64Array) => isNew(unit) && isAllowed(unit);
  const hill = { ...(yield* improvementOf(process, seen)), layout, isOpen };
  const ranked: Rated[] = [];
  for (const unit of worthRanking(candidates, isOpen, isAllowed)) {
    ranked.push({ unit, value: hill.valueAt(unit) });
    yield;
  }
  ranked.sort((a, b) => b.value - a.value);
  const climbed: Rated[] = [];
  for (const start of ranked.slice(0, climbs)) climbed.push(yield* climb(hill, start));
  return [...climbed, ...ranked].reduce((a, b) => (b.value > a.value ? b : a)).unit;
}

/** The places that are open, else those that are allowed, else all: rules are asked about each once where any is open. */
function worthRanking(
  candidates: readonly Float64Array[],
  isOpen: (unit: Float64Array) => boolean,
  isAllowed: (unit: Float64Array) => boolean,
): readonly Float64Array[] {
  const open = candidates.filter(isOpen);
  if (open.length > 0) return open;
  const allowed = candidates.filter(isAllowed);
  return allowed.length > 0 ? allowed : candidates;
}

/** The logarithm of the expected improvement. */
function* improvementOf(
  process: GaussianProcess,
  seen: readonly Observation[],
): Steps<Pick<Hill, "valueAt" | "slopesAt">> {
  // The least mean and not the least value, which noise may have made.
  let best = Number.POSITIVE_INFINITY;
  for (const { unit } of seen) {
    best = Math.min(best, process.meanAt(unit));
    yield;
  }
  const width = seen[0]?.unit.length ?? 0;
  const [meanSlopes, deviationSlopes] = [new Float64Array(width), new Float64Array(width)];
  return {
    valueAt(unit) {
      const { mean, deviation } = process.predict(unit);
      return logExpectedImprovement(mean, deviation, best).value;
    },
    slopesAt(unit, slopes) {
      const { mean, deviation } = process.predictWithSlopes(unit, meanSlopes, deviationSlopes);
      const { value, byMean, byDeviation } = logExpectedImprovement(mean, deviation, best);
      for (let i = 0; i < width; i++) {
        slopes[i] = byMean * (meanSlopes[i] as number) + byDeviation * (deviationSlopes[i] as number);
      }
      return value;
    },
  };
}

// Places of trials never change, and are asked about with every trial after.
const keys = new WeakMap<Float64Array, string>();

function keyOf(place: Float64Array): string {
  const key = keys.get(place) ?? place.join();
  keys.set(place, key);
  return key;
}

/** Says of places whether they are none of those taken. Where everything is continuous it is the box's corners that come again. */
function findNew(taken: readonly Float64Array[]): (unit: Float64Array) => boolean {
  const known = new Set(taken.map(keyOf));
  return (unit) => !known.has(unit.join());
}

/** A place some way from one of the leaders: along a few axes or all, a hair's breadth or a fifth of the range. */
function drawNear({ axes }: SpaceLayout, leaders: readonly Observation[], random: Random): Float64Array {
  const { unit } = leaders[Math.floor(random.next() ** 2 * leaders.length)] as Observation;
  const width = 0.2 * 100 ** -random.next();
  const share = random.next() < 0.5 ? 1 : Math.min(1, 2 / axes.length);
  return unit.map((x, i) => {
    if (Number.isNaN(x)) return random.next();
    if (random.next() >= share) return x;
    return axes[i]?.isCategorical ? random.next() : Math.min(1, Math.max(0, x + width * random.normal()));
  });
}
