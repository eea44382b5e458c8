import {
  type CompileExpression,
  type Expression,
  noExpressions,
  StoreError,
  storeError,
  type VariableChange,
  type WatchOptions,
} from "@trimtab/core";

/** Says which changes of the selected variables a watch is told of. */
export type ChangeFilter = (change: VariableChange) => boolean;

/**
 * Makes the filter that a watch asked for. Only updates of values are ever left out, and one for which the expression
 * gives no answer is not.
 *
 * @throws StoreError `invalid_expression` where it cannot be read or speaks of anything but `old` and `new`
 */
export function createChangeFilter(
  { filter, distinct = false }: WatchOptions,
  compile: CompileExpression | undefined,
): ChangeFilter | undefined {
  const expression = filter === undefined ? undefined : readFilter(filter, compile);
  if (expression === undefined && !distinct) return undefined;
  return (change) => {
    if (change.kind !== "updated") return true;
    if (distinct && change.unchanged === true) return false;
    return expression === undefined || holds(expression, change);
  };
}

function readFilter(source: string, compile: CompileExpression | undefined): Expression {
  if (source === "") {
    throw storeError("invalid_argument", "filter must not be empty", { field: "filter", value: source });
  }
  if (compile === undefined) throw new StoreError(noExpressions());
  const knows = (name: string) => name === "old" || name === "new";
  const read = compile(source, { field: "filter", knows, isCondition: true });
  if (read.kind === "refused") throw new StoreError(read.refusal);
  return read.value;
}

function holds(expression: Expression, { oldPayload, payload }: VariableChange): boolean {
  const result = expression.evaluate((name) => (name === "new" ? payload : oldPayload));
  return result.kind === "failure" || result.value !== false;
}
