import { type CompileExpression, isStoreError } from "@trimtab/core";
import { compileCondition, compileExpression } from "./compile-expression.ts";

/**
 * CEL, as a store takes it: `createStore({ types, expressions: cel })`. What each name stands for is not known before
 * an expression is evaluated, so that operands which do not fit show then.
 */
export const cel: CompileExpression = (source, { field, knows, isCondition }) => {
  const options = { field, variables: (name: string) => (knows(name) ? "any" : undefined) } as const;
  try {
    return {
      kind: "parsed",
      value: isCondition ? compileCondition(source, options) : compileExpression(source, options),
    };
  } catch (error) {
    if (isStoreError(error)) return { kind: "refused", refusal: error.toRefusal() };
    throw error;
  }
};
