import type { DecideContext } from "../command.ts";
import { readExpression } from "../derivation/check-derivation.ts";
import type { VariableSpec } from "../store/variable-store.ts";

type Means = Pick<DecideContext, "compile" | "limits">;

/** Variables to register, each after those that it depends on; or as they were given, where some depend on each other in a circle. */
export interface RegistrationOrder {
  readonly specs: readonly VariableSpec[];
  /** The names in the circle, the first one again at its end. */
  readonly cycle?: readonly string[];
}

/**
 * Puts variables that are registered together in an order in which each comes after those of them that it depends on. Those that do so
 * already stay as they are.
 */
export function orderRegistrations(given: readonly VariableSpec[], means: Means): RegistrationOrder {
  const isFree = ({ dependencies, derivation }: VariableSpec) => dependencies === undefined && derivation === undefined;
  if (given.every(isFree)) return { specs: given };
  const byName = new Map(given.map((spec) => [spec.name, spec]));
  const placed = new Set<VariableSpec>();
  for (const first of given) {
    if (placed.has(first)) continue;
    // What cannot be placed yet, each because of the next, with what is left to look at.
    const path = [{ spec: first, left: namesIn(first, means) }];
    const onPath = new Set([first]);
    for (let at = path.at(-1); at !== undefined; at = path.at(-1)) {
      const name = at.left.pop();
      const spec = name === undefined ? undefined : byName.get(name);
      if (spec !== undefined && onPath.has(spec)) {
        const names = path.map((each) => each.spec.name);
        return { specs: given, cycle: [...names.slice(names.indexOf(spec.name)), spec.name] };
      }
      if (spec !== undefined && !placed.has(spec)) {
        path.push({ spec, left: namesIn(spec, means) });
        onPath.add(spec);
      } else if (name === undefined) {
        placed.add(at.spec);
        onPath.delete(at.spec);
        path.pop();
      }
    }
  }
  return { specs: [...placed] };
}

/** The names that a variable depends on by its specification, the first one last. */
function namesIn({ dependencies = [], derivation }: VariableSpec, means: Means): string[] {
  if (derivation?.kind !== "expression") return dependencies.toReversed();
  const read = readExpression(derivation.expression, { field: "derivation", isCondition: false }, means);
  // What cannot be read is refused where it is registered.
  return read.kind === "refused" ? dependencies.toReversed() : [...dependencies, ...read.value.references].reverse();
}
