import type { Space, Value, ValueRecord } from "@trimtab/core";
import type { Random } from "./seeded-random.ts";

/** Farthest move of a number, as a share of all that its limits allow. */
const reach = 0.3;

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

/** Another point of the grid, at least one step away. */
function nearInteger(space: Extract<Space, { kind: "integer" }>, value: number, random: Random): number {
  const [min, max, step] = [Number(space.min), Number(space.max), Number(space.step ?? 1n)];
  const steps = Math.ceil(random() * reach * ((max - min) / step)) * step;
  const [lower, higher] = [Math.max(min, value - steps), Math.min(max, value + steps)];
  if (lower === value) return higher;
  return higher === value || random() < 0.5 ? lower : higher;
}

function nearReal({ min, max, log }: Extract<Space, { kind: "real" }>, value: number, random: Random): number {
  const [toScale, fromScale] = log ? [Math.log, Math.exp] : [Number, Number];
  const distance = (2 * random() - 1) * reach * (toScale(max) - toScale(min));
  const moved = Number(fromScale(toScale(value) + distance).toPrecision(3));
  return Math.min(max, Math.max(min, moved));
}

/** One of several, or `undefined` where there are none. */
export const oneOf = <T>(items: readonly T[], random: Random): T | undefined =>
  items[Math.floor(random() * items.length)];
