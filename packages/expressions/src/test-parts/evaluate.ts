import type { Payload, Value } from "@trimtab/core";
import { toPayload } from "@trimtab/core";
import { type CompileOptions, compileExpression, type Evaluation } from "../compile-expression.ts";

/** Stored values from plain ones: a `bigint` is an integer, a `number` a float. */
export const stored = (values: Readonly<Record<string, unknown>>): ReadonlyMap<string, Payload> =>
  new Map(Object.entries(values).map(([name, value]) => [name, toPayload(value)]));

/** Compiles over exactly the variables that are given, and evaluates. */
export function evaluate(
  source: string,
  values: Readonly<Record<string, unknown>> = {},
  options: Partial<CompileOptions> = {},
): Evaluation {
  return compileExpression(source, { variables: Object.keys(values), ...options }).evaluate(stored(values));
}

/** The value that a source gives, or the message with which it fails. */
export function resultOf(source: string, values: Readonly<Record<string, unknown>> = {}): Value | { failure: string } {
  const result = evaluate(source, values);
  return result.kind === "value" ? result.value : { failure: result.message };
}
