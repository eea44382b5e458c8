import { type CompileExpression, type ExpressionReading, isStoreError, kinds, requireArguments } from "@trimtab/core";
import { compileCondition, compileExpression } from "./compile-expression.ts";

const { callable, flag, object, text } = kinds;

const readingArguments = [
  ["reading", object<ExpressionReading>({ field: text, knows: callable, isCondition: flag })],
] as const;

/**
 * CEL, as a store takes it: `createStore({ types, expressions: cel })`. What each name stands for is not known before
 * an expression is evaluated, so that operands which do not fit show then. Throws `invalid_argument` where what it is read by is of another
 * kind.
 */
export const cel: CompileExpression = (source, reading) => {
  requireArguments(readingArguments, [reading]);
  const { field, knows, isCondition } = reading;
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
