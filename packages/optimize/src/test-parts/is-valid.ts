import type { Space, Value, ValueRecord } from "@trimtab/core";
import type { SearchSpace } from "../space/search-space.ts";

/** Says whether values are one for each parameter, each within its range: read off the definition, value by value. */
export function isValid(space: SearchSpace, values: ValueRecord): boolean {
  const names = Object.keys(space);
  return (
    Object.keys(values).length === names.length &&
    names.every((name) => Object.hasOwn(values, name) && isWithin(space[name] as Space, values[name] as Value))
  );
}

function isWithin(space: Space, value: Value): boolean {
  switch (space.kind) {
    case "real":
      return typeof value === "number" && value >= space.min && value <= space.max && isOnGrid(space, value);
    case "integer": {
      if (typeof value === "number" ? !Number.isSafeInteger(value) : typeof value !== "bigint") return false;
      const whole = BigInt(value as number);
      return whole >= space.min && whole <= space.max && (whole - space.min) % (space.step ?? 1n) === 0n;
    }
    case "categorical":
      return space.choices.some((choice) => Object.is(choice, value));
    case "vector": {
      const components = value as readonly number[];
      if (components.length !== space.dimensions) return false;
      if (space.sphere) return Math.abs(Math.hypot(...components) - 1) < 1e-9;
      return components.every((each) => each >= space.min && each <= space.max);
    }
    case "conditional": {
      const { branch, parameters } = value as { branch: string; parameters: ValueRecord };
      return Object.hasOwn(space.branches, branch) && isValid(space.branches[branch] as SearchSpace, parameters);
    }
  }
}

function isOnGrid({ min, step }: Space & { kind: "real" }, value: number): boolean {
  if (step === undefined) return true;
  const offset = (value - min) / step;
  return Math.abs(offset - Math.round(offset)) <= 1e-9 * Math.max(1, Math.abs(offset), Math.abs(min / step));
}
