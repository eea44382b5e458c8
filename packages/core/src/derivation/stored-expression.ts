import type { DecideContext } from "../command.ts";
import type { Parsed } from "../parse-value.ts";
import { refusal } from "../store-error.ts";
import type { CompileExpression, Expression } from "./expression.ts";

// What holds an expression never changes, so its identity is a good key; it is read once in each process.
const readByHolder = new WeakMap<object, { readonly compile: CompileExpression; readonly read: Parsed<Expression> }>();

/**
 * Reads an expression that was let through before. Whether its names are still there shows when it is evaluated.
 *
 * @param holder - what the expression is a part of: a derivation or a rule
 */
export function readStored(
  holder: { readonly expression: string },
  { compile }: Pick<DecideContext, "compile">,
  isCondition: boolean,
): Parsed<Expression> {
  if (compile === undefined) return { kind: "refused", refusal: noExpressions() };
  const known = readByHolder.get(holder);
  if (known?.compile === compile) return known.read;
  const read = compile(holder.expression, { field: "expression", knows: () => true, isCondition });
  readByHolder.set(holder, { compile, read });
  return read;
}

/** The refusal of any expression where no language for them is plugged in. */
export function noExpressions() {
  const message =
    "expressions cannot be evaluated here: this store was made without `expressions`, such as cel of @trimtab/expressions";
  return refusal("unimplemented", message, { feature: "expressions" });
}
