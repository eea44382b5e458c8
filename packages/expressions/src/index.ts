export { cel } from "./cel.ts";
export {
  type CompileOptions,
  compileCondition,
  compileExpression,
  defaultMaxCost,
  defaultMaxLength,
  type Evaluation,
  type Expression,
  plainScope,
  type VariableValues,
} from "./compile-expression.ts";
export type { Scope } from "./frame.ts";
export type { Declarations, VariableKind } from "./variable-kind.ts";
