import { kinds, type Payload, requireArguments, storeError, toPayload, type Value } from "@trimtab/core";
import { Failure, shownType } from "./cel-value.ts";
import { CostLimitExceeded, enterFrame, leaveFrame, type Scope } from "./frame.ts";
import { positionOf, problemsOf } from "./problem.ts";
import { type Program, programOf } from "./program.ts";
import { toValue } from "./to-value.ts";
import { type Declarations, kindLookup } from "./variable-kind.ts";

/** Longest source that is compiled unless told otherwise, in UTF-16 code units. */
export const defaultMaxLength = 16 * 1024;

/** Units that one evaluation may spend unless told otherwise: ten to fifty milliseconds at worst. */
export const defaultMaxCost = 100_000;

/** What an expression is compiled against. */
export interface CompileOptions {
  /** The names that may be used; any other is refused. */
  readonly variables: Declarations;
  /** The argument that the source came in, which errors name; `expression` unless given. */
  readonly field?: string;
  /** Longest source, in UTF-16 code units; {@link defaultMaxLength} unless given. */
  readonly maxLength?: number;
  /** Units that one evaluation may spend; {@link defaultMaxCost} unless given. */
  readonly maxCost?: number;
}

/** What came of one evaluation, and the units that it has spent. */
export type Evaluation<V extends Value = Value> =
  | { readonly kind: "value"; readonly value: V; readonly cost: number }
  | { readonly kind: "failure"; readonly message: string; readonly cost: number };

/** Values of variables by name, in their exact stored form; see {@link plainScope} for plain data. */
export type VariableValues = Scope | ReadonlyMap<string, Payload>;

/** A compiled expression. It holds no state: any number of evaluations may share it. */
export interface Expression<V extends Value = Value> {
  readonly source: string;
  /** The variables that it reads, in the order of their first mention. */
  readonly references: readonly string[];
  /** The type of its result as CEL names it; `dyn` where that depends on the values. */
  readonly type: string;
  /**
   * Computes the result. It never throws, reads each variable at most once and only where it is needed, and depends on
   * nothing else: the same values give the same result and cost. A variable without a value, and one that is not of
   * the kind that was declared, fails where it is read.
   */
  evaluate(values: VariableValues): Evaluation<V>;
}

/**
 * Compiles a CEL expression.
 *
 * @throws StoreError `invalid_expression` naming what is wrong and where: bad syntax, an unknown variable or function,
 *   operands that can never fit, a source that is too long or too complex
 */
export function compileExpression(source: string, options: CompileOptions): Expression {
  const { program, evaluate } = prepare(source, options);
  const { references, type } = program;
  return Object.freeze({ source, references, type, evaluate });
}

/**
 * Compiles a CEL expression that says yes or no: a rule, a filter, a condition. Where only its evaluation shows that it
 * gives anything else, that is a failure.
 *
 * @throws StoreError `invalid_expression` as {@link compileExpression} does, and for a result that is never a boolean
 */
export function compileCondition(source: string, options: CompileOptions): Expression<boolean> {
  const { program, evaluate: evaluateAny } = prepare(source, options);
  const { references, type } = program;
  if (type !== "bool" && type !== "dyn") {
    throw problemsOf(source, options.field ?? "expression")(0, `must be a condition, and gives ${shownType(type)},`);
  }
  const evaluate = (values: VariableValues): Evaluation<boolean> => {
    const result = evaluateAny(values);
    if (result.kind === "failure") return result;
    const { value, cost } = result;
    if (typeof value === "boolean") return { kind: "value", value, cost };
    return { kind: "failure", message: `must be true or false, and gives ${kindOfValue(value)}`, cost };
  };
  return Object.freeze({ source, references, type, evaluate });
}

const kindOfValue = (value: Value): string => {
  if (value === null || typeof value !== "object") return value === null ? "null" : `a ${typeof value}`;
  return Array.isArray(value) ? "a list" : "an object";
};

const { atLeast, list, object, optional, text, values } = kinds;

const names = list(text);
const declarations: kinds.Kind<Declarations> = (value, field) => {
  if (typeof value === "function") return undefined;
  return Array.isArray(value) ? names(value, field) : values(value, field);
};

const optionArguments = [
  [
    "options",
    object<CompileOptions>({
      variables: declarations,
      field: optional(text),
      maxLength: optional(atLeast(0)),
      maxCost: optional(atLeast(0)),
    }),
  ],
] as const;

function prepare(source: string, options: CompileOptions) {
  requireArguments(optionArguments, [options]);
  const { variables, field = "expression", maxLength = defaultMaxLength, maxCost = defaultMaxCost } = options;
  if (typeof source !== "string") throw storeError("invalid_argument", `${field} must be text`, { field });
  const problem = problemsOf(source, field);
  if (source.length > maxLength) throw problem(maxLength, `longer than ${maxLength} characters`);
  const program = programOf(source, kindLookup(variables), problem);
  const limited = { source, program, maxCost };
  return { program, evaluate: (values: VariableValues) => evaluate(limited, values) };
}

interface Limited {
  readonly source: string;
  readonly program: Program;
  readonly maxCost: number;
}

function evaluate({ source, program, maxCost }: Limited, values: VariableValues): Evaluation {
  const scope: Scope = typeof values === "function" ? values : (name) => values.get(name);
  const frame = enterFrame(scope, program.references.length, maxCost);
  try {
    const result = program.run(frame);
    const value = result instanceof Failure ? result : toValue(frame, result);
    if (!(value instanceof Failure)) return { kind: "value", value, cost: frame.cost };
    return { kind: "failure", message: describe(source, value), cost: frame.cost };
  } catch (error) {
    if (error instanceof CostLimitExceeded) {
      return { kind: "failure", message: `cost limit exceeded: more than ${maxCost} units`, cost: maxCost };
    }
    // What the caller's own function has thrown.
    const reason = error instanceof Error ? error.message : String(error);
    return { kind: "failure", message: `could not be evaluated: ${reason}`, cost: frame.cost };
  } finally {
    leaveFrame(frame);
  }
}

function describe(source: string, { message, at }: Failure): string {
  if (at === undefined) return message;
  const { line, column } = positionOf(source, at);
  return line === 1 ? `${message} at column ${column}` : `${message} at line ${line}, column ${column}`;
}

/**
 * Gives plain data as values of variables: a `bigint` is an integer, a `number` a float, typed arrays are arrays. Data
 * that cannot be stored makes the evaluation fail where it is read.
 */
export const plainScope =
  (values: Readonly<Record<string, unknown>>): Scope =>
  (name) =>
    Object.hasOwn(values, name) && values[name] !== undefined ? toPayload(values[name], name) : undefined;
