import { type Cel, Failure, fail, type Result, shownType, type TypeName, TypeValue, typeOf } from "./cel-value.ts";
import { compileCall } from "./compile-call.ts";
import { compileMacro } from "./compile-macro.ts";
import { compileMap } from "./compile-map.ts";
import { compileSelect, compileVariable } from "./compile-select.ts";
import { charge, type Frame } from "./frame.ts";
import type { Node } from "./node.ts";
import type { SignatureType } from "./overload.ts";
import type { Problem } from "./problem.ts";
import type { VariableKind } from "./variable-kind.ts";

/** Computes one part of an expression. */
export type Run = (frame: Frame) => Result;

/** A part that is ready to run, and the type of what it gives where that is certain. */
export interface Compiled {
  readonly type: SignatureType;
  readonly run: Run;
}

/** What is around a part while it is compiled. */
export interface Context {
  readonly kindOf: (name: string) => VariableKind | undefined;
  /** Says where each variable's value is kept in a frame; asking for a new one makes room. */
  readonly slotOf: (name: string) => number;
  /** Variables of the macros around, outermost first; each is kept in the frame at its index. */
  readonly locals: readonly string[];
  readonly problem: Problem;
  /** Takes the size of a pattern that is written out, and refuses the one with which all of them are too large. */
  readonly spendOnPatterns: (size: number, at: number) => void;
  /**
   * Whether types are checked ahead of time. CEL leaves that open: without it, what is ill-typed fails only where it
   * is evaluated, if it is.
   */
  readonly isChecked: boolean;
}

/**
 * Makes a part of an expression ready to run.
 *
 * @throws StoreError `invalid_expression` for unknown names and, where types are checked, for what can never fit
 */
export function compileNode(node: Node, context: Context): Compiled {
  switch (node.kind) {
    case "constant":
      return compileConstant(node.value);
    case "identifier":
      return compileVariable(node, context);
    case "select":
    case "has":
      return compileSelect(node, context);
    case "call":
      return compileCall(node, context);
    case "and":
    case "or":
      return compileLogical(node, context);
    case "conditional":
      return compileConditional(node, context);
    case "list":
      return compileList(node, context);
    case "map":
      return compileMap(node, context);
    case "macro":
      return compileMacro(node, context);
  }
}

/** A part that is always this value. */
export const compileConstant = (value: Cel): Compiled => ({ type: typeOf(value), run: () => value });

/** Marks where a failure arose, unless an inner part has. */
export function failedAt(failure: Failure, at: number): Failure {
  failure.at ??= at;
  return failure;
}

/** Compiles a part that must be true or false. */
export function compileTruth(node: Node, context: Context, where: string): Run {
  const { type, run } = compileNode(node, context);
  if (context.isChecked && type !== "bool" && type !== "dyn") {
    throw context.problem(node.at, `${where} must be bool, not ${shownType(type)},`);
  }
  return (frame) => {
    const value = run(frame);
    if (typeof value === "boolean" || value instanceof Failure) return value;
    return failedAt(fail(`${where} must be bool, not ${shownType(typeOf(value))}`), node.at);
  };
}

/** `&&` and `||` have an answer where one operand decides it, in spite of failures of the others before or after it. */
function compileLogical(node: Extract<Node, { kind: "and" | "or" }>, context: Context): Compiled {
  const decisive = node.kind === "or";
  const operands = node.operands.map((operand) =>
    compileTruth(operand, context, `an operand of ${decisive ? "||" : "&&"}`),
  );
  const run = (frame: Frame): Result => {
    let failure: Failure | undefined;
    charge(frame, 1);
    for (const operand of operands) {
      const value = operand(frame);
      if (value === decisive) return decisive;
      if (value instanceof Failure) failure ??= value;
    }
    return failure ?? !decisive;
  };
  return { type: "bool", run };
}

function compileConditional(node: Extract<Node, { kind: "conditional" }>, context: Context): Compiled {
  const condition = compileTruth(node.condition, context, "the condition of ?:");
  const whenTrue = compileNode(node.whenTrue, context);
  const whenFalse = compileNode(node.whenFalse, context);
  const [runTrue, runFalse] = [whenTrue.run, whenFalse.run];
  const run = (frame: Frame): Result => {
    charge(frame, 1);
    const chosen = condition(frame);
    if (chosen === true) return runTrue(frame);
    return chosen === false ? runFalse(frame) : chosen;
  };
  return { type: whenTrue.type === whenFalse.type ? whenTrue.type : "dyn", run };
}

function compileList(node: Extract<Node, { kind: "list" }>, context: Context): Compiled {
  const parts = node.items.map((item) => compileNode(item, context).run);
  const run = (frame: Frame): Result => {
    charge(frame, 1 + parts.length);
    const items: Cel[] = [];
    for (const part of parts) {
      const item = part(frame);
      if (item instanceof Failure) return item;
      items.push(item);
    }
    return items;
  };
  return { type: "list", run };
}

const typeNames: readonly TypeName[] = [
  "null_type",
  "bool",
  "int",
  "uint",
  "double",
  "string",
  "bytes",
  "list",
  "map",
  "type",
  "google.protobuf.Timestamp",
  "google.protobuf.Duration",
];

/** The names of types, which stand for what `type(x)` gives. */
export const typeConstants: ReadonlyMap<string, TypeValue> = new Map(
  typeNames.map((name) => [name, new TypeValue(name)]),
);
