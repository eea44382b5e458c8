import type { Value } from "../payload.ts";
import type { Space } from "../variable-type.ts";
import type { Random } from "./random.ts";

/** Draws a value from a space, each equally likely; on a logarithmic axis each ratio is. */
export function drawFrom(space: Space, random: Random): Value {
  switch (space.kind) {
    case "real":
      return drawReal(space, random);
    case "integer":
      return drawInteger(space, random);
    case "categorical":
      return space.choices[random.below(space.choices.length)] ?? null;
    case "vector":
      return drawVector(space, random);
    case "conditional": {
      const names = Object.keys(space.branches);
      const branch = names[random.below(names.length)] ?? "";
      const parameters = Object.entries(space.branches[branch] ?? {});
      return space.toValue(
        branch,
        Object.fromEntries(parameters.map(([name, each]) => [name, drawFrom(each, random)])),
      );
    }
  }
}

function drawReal({ min, max, step, log }: Space & { kind: "real" }, random: Random): number {
  if (step !== undefined) {
    const steps = Math.min(Math.floor((max - min) / step), Number.MAX_SAFE_INTEGER - 1);
    return Math.min(max, min + random.below(steps + 1) * step);
  }
  if (log === true) return Math.min(max, Math.max(min, min * (max / min) ** random.next()));
  // Halved first, so that the widest of ranges does not overflow.
  const share = random.next();
  return Math.min(max, Math.max(min, min * (1 - share) + max * share));
}

function drawInteger({ min, max, step = 1n, log }: Space & { kind: "integer" }, random: Random): bigint {
  const steps = (max - min) / step;
  if (log === true && min > 0n) {
    const drawn = BigInt(Math.round(Number(min) * (Number(max) / Number(min)) ** random.next()));
    const index = (drawn - min) / step;
    return min + (index < 0n ? 0n : index > steps ? steps : index) * step;
  }
  return min + bigintBelow(steps + 1n, random) * step;
}

/** 106 random bits, folded into the range: the bias is below 2^-42 for 64-bit ranges. */
function bigintBelow(count: bigint, random: Random): bigint {
  const bits = (BigInt(random.below(2 ** 53)) << 53n) | BigInt(random.below(2 ** 53));
  return bits % count;
}

function drawVector({ dimensions, sphere, min, max }: Space & { kind: "vector" }, random: Random): readonly number[] {
  if (!sphere) return Array.from({ length: dimensions }, () => drawReal({ kind: "real", min, max }, random));
  for (;;) {
    // Directions of independent normal components are uniform on the sphere: Muller, Comm. ACM 2(4), 1959.
    const components = Array.from({ length: dimensions }, () => normal(random));
    const norm = Math.hypot(...components);
    if (norm > 0) return components.map((component) => component / norm);
  }
}

/** A standard normal number: Box and Muller, Ann. Math. Statist. 29(2), 1958. */
const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
