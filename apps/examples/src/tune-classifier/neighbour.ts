import type { Space, Value, ValueRecord } from "@trimtab/core";
import type { Random } from "./seeded-random.ts";

/** Farthest move of a number, as a share of all that its limits allow. */
const reach = 0.5;

/**
 * Gives a value near another one, within the region that a variable's own constraints describe. Of a module it moves
 * one parameter. Where there is nothing to move it gives the same value.
 */
export function neighbour(space: Space, value: Value, random: Random): Value {
  switch (space.kind) {
    case "categorical":
      return (
        oneOf(
          space.choices.filter((choice) => choice !== value),
          random,
        ) ?? value
      );
    case "integer":
      return nearInteger(space, Number(value), random);
    case "real":
      return nearReal(space, Number(value), random);
    case "conditional": {
      const { module, parameters } = value as { module: string; parameters: ValueRecord };
      const moved = oneOf(Object.entries(space.branches[module] ?? {}), random);
      if (moved === undefined) return value;
      const [name, region] = moved;
      return space.toValue(module, { ...parameters, [name]: neighbour(region, parameters[name] ?? null, random) });
    }
    case "vector":
      return value;
  }
}

/** Another point of the grid, where it has more than one. */
function nearInteger(space: Extract<Space, { kind: "integer" }>, value: number, random: Random): number {
  const [min, max, step] = [Number(space.min), Number(space.max), Number(space.step ?? 1n)];
  const last = Math.floor((max - min) / step);
  const at = (value - min) / step;
  const steps = 1 + Math.floor(random() * reach * last);
  const [lower, higher] = [Math.max(0, at - steps), Math.min(last, at + steps)];
  const isUp = lower === at || (higher !== at && random() < 0.5);
  return min + (isUp ? higher : lower) * step;
}

function nearReal(space: Extract<Space, { kind: "real" }>, value: number, random: Random): number {
  const { min, max, step, log } = space;
  const [toScale, fromScale] = log ? [Math.log, Math.exp] : [Number, Number];
  const distance = (2 * random() - 1) * reach * (toScale(max) - toScale(min));
  const moved = Math.min(max, Math.max(min, fromScale(toScale(value) + distance)));
  if (step !== undefined) return min + Math.floor((moved - min) / step) * step;
  // Three digits are plenty to tell settings apart, and people read them.
  return Math.min(max, Math.max(min, Number(moved.toPrecision(3))));
}

/** One of several, or `undefined` where there are none. */
export const oneOf = <T>(items: readonly T[], random: Random): T | undefined =>
  items[Math.floor(random() * items.length)];
