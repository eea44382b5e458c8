import { storeError } from "@trimtab/core";
import { createRandom } from "../random.ts";
import { drawUnit } from "../samplers/random-sampler.ts";
import type { Suggestion } from "../samplers/sampler.ts";
import { decodePoint, encodePoint, type Point, toValues } from "../space/point.ts";
import type { StudyState } from "./study-state.ts";

/** How often the sampler is asked for a point that the study's rule allows, before points are drawn at random. */
const samplerTries = 32;
/** How many points are drawn at random before none is taken to be allowed. */
const randomTries = 20_000;

/** A point to try, and what the sampler must know of it later. */
export interface SuggestedPoint extends Pick<Suggestion, "note"> {
  readonly point: Point;
}

/**
 * Asks the study's sampler for the point of the trial of a number, which `given` fixes in part. `undefined` where
 * there is nothing more to try. Every trial has a random stream of its own, so what is suggested depends on the seed,
 * the trial's number and the trials so far, and on nothing else.
 *
 * @throws StoreError `rule_violation` where no allowed point was found
 */
export function suggestPoint(state: StudyState, number: number, given: Point = {}): SuggestedPoint | undefined {
  const { definition, layout, spaceVersion, trials } = state;
  const { sampler, directions, seed } = definition;
  const isFree = definition.isAllowed === undefined;
  const isAllowed = (unit: Float64Array) => isFree || obeysRule(state, decodePoint(layout, unit));
  for (let attempt = 0; attempt < samplerTries; attempt++) {
    const random = createRandom(seed, number, attempt);
    const request = { layout, spaceVersion, directions, trials, seed, attempt, random, isAllowed };
    const suggestion = sampler.suggest(request);
    if (suggestion === undefined) return undefined;
    const point = completePoint(state, given, suggestion.unit, () => random.uniform());
    // A point that was partly given is not what the sampler has to follow up on.
    const note = suggestion.note !== undefined && Object.keys(given).length === 0 && { note: suggestion.note };
    if (obeysRule(state, point)) return { point, ...note };
  }
  const random = createRandom(seed, number, samplerTries);
  for (let attempt = 0; attempt < randomTries; attempt++) {
    const point = completePoint(state, given, drawUnit(layout, random), () => random.uniform());
    if (obeysRule(state, point)) return { point };
  }
  throw storeError(
    "rule_violation",
    `none of ${samplerTries + randomTries} points that were drawn is allowed by the study's rule`,
    { rule: "isAllowed", variables: Object.keys(layout.space) },
  );
}

const obeysRule = ({ definition: { isAllowed }, layout }: StudyState, point: Point): boolean =>
  isAllowed === undefined || isAllowed(toValues(layout, point));

/** The point at a place, with what is given in place of what was suggested and the gaps drawn at random. */
function completePoint({ layout }: StudyState, given: Point, unit: Float64Array, draw: () => number): Point {
  const fixed = encodePoint(layout, given, true);
  const complete = unit.map((suggested, axis) => {
    const value = fixed?.[axis] ?? Number.NaN;
    if (!Number.isNaN(value)) return value;
    return Number.isNaN(suggested) ? draw() : suggested;
  });
  // What is given is kept to the digit and not as its place in the cube.
  return { ...decodePoint(layout, complete), ...given };
}
