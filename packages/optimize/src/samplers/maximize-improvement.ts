import { logExpectedImprovement } from "../numeric/expected-improvement.ts";
import type { GaussianProcess } from "../numeric/gaussian-process.ts";
import { minimizeInBox } from "../numeric/minimize-in-box.ts";
import type { Random } from "../random.ts";
import { decodePoint, encodePoint } from "../space/point.ts";
import type { SpaceLayout } from "../space/space-layout.ts";
import { drawUnit } from "./random-sampler.ts";
import type { Observation, SamplerRequest } from "./sampler.ts";

/** Places drawn anywhere, and places drawn near the best ones. */
const drawn = 192;
/** The most promising of them, from which the improvement is climbed. */
const climbs = 4;

/** Finds a place of great expected improvement: the best of many, and what climbing from the best few leads to. */
export function maximizeImprovement(
  { layout, random, isAllowed }: SamplerRequest,
  process: GaussianProcess,
  seen: readonly Observation[],
): Float64Array {
  // The least mean and not the least value, which noise may have made.
  const best = seen.reduce((least, { unit }) => Math.min(least, process.predict(unit).mean), Number.POSITIVE_INFINITY);
  const improvementAt = (unit: Float64Array) => {
    const { mean, deviation } = process.predict(unit);
    return logExpectedImprovement(mean, deviation, best).value;
  };
  const leaders = seen.toSorted((a, b) => (a.losses[0] ?? 0) - (b.losses[0] ?? 0)).slice(0, 10);
  const candidates = Array.from({ length: 2 * drawn }, (_, i) =>
    toValid(layout, i < drawn ? drawUnit(layout, random) : drawNear(layout, leaders, random)),
  );
  const allowed = candidates.filter(isAllowed);
  const ranked = (allowed.length > 0 ? allowed : candidates)
    .map((unit) => ({ unit, value: improvementAt(unit) }))
    .sort((a, b) => b.value - a.value);
  const climbed = ranked.slice(0, climbs).map(({ unit }) => climb(layout, process, unit, best));
  return [...climbed.filter(({ unit }) => isAllowed(unit)), ...ranked].reduce((a, b) => (b.value > a.value ? b : a))
    .unit;
}

/** The place of the valid point that a place stands for: discrete axes in the middle of cells, axes not there `NaN`. */
const toValid = (layout: SpaceLayout, unit: Float64Array): Float64Array =>
  encodePoint(layout, decodePoint(layout, unit)) ?? unit;

/** A place some way from one of the leaders: along a few axes or all, a hair's breadth or a fifth of the range. */
function drawNear({ axes }: SpaceLayout, leaders: readonly Observation[], random: Random): Float64Array {
  const { unit } = leaders[Math.floor(random.uniform() ** 2 * leaders.length)] as Observation;
  const width = 0.2 * 100 ** -random.uniform();
  const share = random.uniform() < 0.5 ? 1 : Math.min(1, 2 / axes.length);
  return unit.map((x, i) => {
    if (Number.isNaN(x)) return random.uniform();
    if (random.uniform() >= share) return x;
    return axes[i]?.isCategorical ? random.uniform() : Math.min(1, Math.max(0, x + width * random.normal()));
  });
}

/** Climbs along the continuous axes, the others staying as they are. */
function climb(layout: SpaceLayout, process: GaussianProcess, from: Float64Array, best: number) {
  const free = Array.from(from.keys()).filter((i) => layout.axes[i]?.cells === 0 && !Number.isNaN(from[i]));
  const unit = from.slice();
  const [meanSlopes, deviationSlopes] = [new Float64Array(from.length), new Float64Array(from.length)];
  const place = (x: Float64Array) => {
    for (const [k, i] of free.entries()) unit[i] = x[k] as number;
  };
  const descend = (x: Float64Array, gradient: Float64Array) => {
    place(x);
    const { mean, deviation } = process.predictWithSlopes(unit, meanSlopes, deviationSlopes);
    const { value, byMean, byDeviation } = logExpectedImprovement(mean, deviation, best);
    for (const [k, i] of free.entries()) {
      gradient[k] = -(byMean * (meanSlopes[i] as number) + byDeviation * (deviationSlopes[i] as number));
    }
    return -value;
  };
  const start = Float64Array.from(free, (i) => from[i] as number);
  const box = { lower: start.map(() => 0), upper: start.map(() => 1) };
  const { x, value } = minimizeInBox(descend, start, { ...box, steps: 40, tolerance: 1e-3 });
  place(x);
  return { unit, value: -value };
}
