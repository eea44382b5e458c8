import { isStoreError, type ValueRecord } from "@trimtab/core";
import { observeComplete, observePruned, observeRunning } from "../samplers/sampler.ts";
import { encodePoint, fromValues } from "../space/point.ts";
import type { SpaceLayout } from "../space/space-layout.ts";
import type { StudyState } from "./study-state.ts";

/** How many of the trials are looked at. */
const count = 3;

/**
 * Places that the rules are likely to allow: those of values that are said to be allowed, where they lie within the space,
 * and then of the trials nearest to a place that were handed out before.
 */
export function nearestPlaces(
  { layout, table, definition: { directions } }: StudyState,
  target: Float64Array,
  anchors: readonly ValueRecord[] = [],
): readonly Float64Array[] {
  const said = anchors.flatMap((values) => placeOfValues(layout, values) ?? []);
  const seen = { layout, table, directions };
  const tried = [...observeComplete(seen), ...observePruned(seen), ...observeRunning(seen)]
    .map(({ unit, trial: { number } }) => ({ unit, number, distance: distance(unit, target) }))
    .sort((a, b) => a.distance - b.distance || a.number - b.number);
  return [...said, ...tried.slice(0, count).map(({ unit }) => unit)];
}

function placeOfValues(layout: SpaceLayout, values: ValueRecord): Float64Array | undefined {
  try {
    return encodePoint(layout, fromValues(layout, values));
  } catch (error) {
    if (isStoreError(error, "invalid_argument")) return undefined;
    throw error;
  }
}

/** Squared; an axis that only one of them has counts in full. */
function distance(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (const [i, x] of a.entries()) sum += Number.isNaN(x) ? 1 : (x - (b[i] as number)) ** 2;
  return sum;
}
