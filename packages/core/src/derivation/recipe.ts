import type { DecideContext } from "../command.ts";
import { isRepeated } from "../decide-variable.ts";
import { notTaken, parserOf } from "../parse-value.ts";
import { type Payload, payloadSize } from "../payload.ts";
import type { TypeRegistry } from "../type-registry.ts";
import type { DerivedSlot } from "../variable-table.ts";
import type { AnyVariableType } from "../variable-type.ts";
import { type Cell, toCell } from "./cell.ts";
import type { Expression } from "./expression.ts";
import { readStored } from "./stored-expression.ts";

/** What a derived variable's values are computed by, looked up once: it holds as long as nothing of the variable but its value is new. */
export interface Recipe {
  readonly types: TypeRegistry;
  readonly compile: DecideContext["compile"];
  readonly expression: Expression;
  readonly type: AnyVariableType;
  readonly take: (input: unknown) => unknown;
}

/**
 * Computes the value of a derived variable, as `compute` does, with nothing to be looked up. Gives `undefined` wherever there is
 * more to say of it than a value: where it is stale, or large, or was, or is made by a function, or fails.
 */
export function computeQuickly(
  slot: DerivedSlot,
  context: DecideContext,
  payloadOf: (name: string) => Payload | undefined,
): Cell | undefined {
  const recipe = recipeOf(slot, context);
  if (recipe === undefined || !isSmall(slot.cell)) return undefined;
  const result = recipe.expression.evaluate(payloadOf);
  if (result.kind === "failure") return undefined;
  const value = recipe.take(result.value);
  if (value === notTaken) return undefined;
  const cell = toCell(recipe.type.encode(value));
  return typeof cell === "number" || payloadSize(cell) <= context.limits.valueBytes ? cell : undefined;
}

const isSmall = (cell: Cell): boolean => typeof cell === "number" || isRepeated(cell);

function recipeOf(slot: DerivedSlot, { types, compile }: DecideContext): Recipe | undefined {
  const { recipe } = slot;
  if (recipe?.types === types && recipe?.compile === compile) return recipe;
  const { derivation, constraints, stale, type: name } = slot.base;
  const type = types.get(name);
  if (type === undefined || derivation?.kind !== "expression" || stale !== undefined) return undefined;
  const read = readStored(derivation, { compile }, false);
  if (read.kind === "refused") return undefined;
  const { take } = parserOf(type, constraints);
  slot.recipe = { types, compile, expression: read.value, type, take };
  return slot.recipe;
}
