import type { DecideContext } from "../command.ts";
import { notTaken, parserOf } from "../parse-value.ts";
import { type Payload, payloadSize, type ValueRecord } from "../payload.ts";
import type { TypeRegistry } from "../type-registry.ts";
import type { Derivation } from "../variable.ts";
import type { DerivedSlot } from "../variable-table.ts";
import type { AnyVariableType } from "../variable-type.ts";
import type { Expression } from "./expression.ts";
import { readStored } from "./stored-expression.ts";

/** What a derived variable's values are computed by, looked up once: it holds until what it was looked up by is another. */
export interface Recipe {
  readonly derivation: Derivation;
  readonly constraints: ValueRecord;
  readonly types: TypeRegistry;
  readonly compile: DecideContext["compile"];
  readonly expression: Expression;
  readonly type: AnyVariableType;
  readonly take: (input: unknown) => unknown;
}

/**
 * Computes the value of a derived variable that is not stale, as `compute` does, with nothing to be looked up. Gives
 * `undefined` wherever there is more to say of it than a value.
 */
export function computeQuickly(
  slot: DerivedSlot,
  context: DecideContext,
  payloadOf: (name: string) => Payload | undefined,
): Payload | undefined {
  const recipe = recipeOf(slot, context);
  if (recipe === undefined) return undefined;
  const result = recipe.expression.evaluate(payloadOf);
  if (result.kind === "failure") return undefined;
  const value = recipe.take(result.value);
  if (value === notTaken) return undefined;
  const payload = recipe.type.encode(value);
  return payloadSize(payload) > context.limits.valueBytes ? undefined : payload;
}

function recipeOf(slot: DerivedSlot, { types, compile }: DecideContext): Recipe | undefined {
  const { recipe, base } = slot;
  const { derivation, constraints } = base;
  if (
    recipe?.derivation === derivation &&
    recipe?.constraints === constraints &&
    recipe.type.name === base.type &&
    recipe.types === types &&
    recipe.compile === compile
  )
    return recipe;
  const type = types.get(base.type);
  if (type === undefined || derivation?.kind !== "expression") return undefined;
  const read = readStored(derivation, { compile }, false);
  if (read.kind === "refused") return undefined;
  const { take } = parserOf(type, constraints);
  slot.recipe = { derivation, constraints, types, compile, expression: read.value, type, take };
  return slot.recipe;
}
