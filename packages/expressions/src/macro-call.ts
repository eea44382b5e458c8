import type { Macro, Node } from "./node.ts";
import type { Problem } from "./problem.ts";

const argumentCounts: ReadonlyMap<string, { readonly macro: Macro; readonly counts: readonly number[] }> = new Map([
  ["all", { macro: "all", counts: [2] }],
  ["exists", { macro: "exists", counts: [2] }],
  ["exists_one", { macro: "exists_one", counts: [2] }],
  ["existsOne", { macro: "exists_one", counts: [2] }],
  ["map", { macro: "map", counts: [2, 3] }],
  ["filter", { macro: "filter", counts: [2] }],
]);

/** A method call whose first operand is the receiver. */
export interface MethodCall {
  readonly at: number;
  readonly name: string;
  readonly operands: readonly Node[];
}

/**
 * Turns a call of `all`, `exists`, `exists_one`, `map` or `filter` into its macro; `undefined` for any other method.
 *
 * @throws StoreError `invalid_expression` where the arguments are not a name and what to do with it
 */
export function expandMacro(
  { at, name, operands }: MethodCall,
  add: <N extends Node>(node: N, children: readonly Node[]) => N,
  problem: Problem,
): Node | undefined {
  const known = argumentCounts.get(name);
  if (known === undefined) return undefined;
  const [range, variable, ...bodies] = operands;
  const filter = bodies.length === 2 ? bodies[0] : undefined;
  const body = bodies.at(-1);
  if (
    range === undefined ||
    variable === undefined ||
    body === undefined ||
    !known.counts.includes(operands.length - 1)
  ) {
    throw problem(at, `${name}() takes ${known.counts.join(" or ")} arguments, got ${operands.length - 1},`);
  }
  if (variable.kind !== "identifier" || variable.isRoot) {
    throw problem(variable.at, `the first argument of ${name}() must be a plain name,`);
  }
  const node = { kind: "macro" as const, at, macro: known.macro, range, variable: variable.name, body };
  return filter === undefined ? add(node, [range, body]) : add({ ...node, filter }, [range, filter, body]);
}
