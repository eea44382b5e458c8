import type { DecideContext } from "../command.ts";
import { notTaken, parserOf } from "../parse-value.ts";
import { type Payload, payloadSize } from "../payload.ts";
import type { Variable } from "../variable.ts";
import type { DerivedSlot } from "../variable-table.ts";
import type { AnyVariableType } from "../variable-type.ts";
import type { Expression } from "./expression.ts";
import { readStored } from "./stored-expression.ts";

/** What a derived variable's values are computed by, looked up once: it holds until what it was looked up by is another. */
export interface Recipe {
  readonly of: Pick<Variable, "type" | "derivation" | "constraints">;
  readonly by: Pick<DecideContext, "types" | "compile">;
  readonly expression: Expression;
  readonly take: (input: unknown) => unknown;
  readonly encode: AnyVariableType["encode"];
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
  const payload = recipe.encode(value);
  return payloadSize(payload) > context.limits.valueBytes ? undefined : payload;
}

function recipeOf(slot: DerivedSlot, { types, compile }: DecideContext): Recipe | undefined {
  const { recipe, base } = slot;
  if (recipe !== undefined && isOf(recipe.of, base) && recipe.by.types === types && recipe.by.compile === compile)
    return recipe;
  const { type: name, derivation, constraints } = base;
  const type = types.get(name);
  if (type === undefined || derivation?.kind !== "expression") return undefined;
  const read = readStored(derivation, { compile }, false);
  if (read.kind === "refused") return undefined;
  const { take } = parserOf(type, constraints);
  const encode: Recipe["encode"] = (value) => type.encode(value);
  slot.recipe = {
    of: { type: name, derivation, constraints },
    by: { types, compile },
    expression: read.value,
    take,
    encode,
  };
  return slot.recipe;
}

const isOf = (a: Recipe["of"], b: Recipe["of"]): boolean =>
  a.derivation === b.derivation && a.constraints === b.constraints && a.type === b.type;
