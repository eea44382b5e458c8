import { CelMap } from "./cel-map.ts";
import { type Cel, Failure, fail, type Result, shownText, shownType, typeOf } from "./cel-value.ts";
import { type Compiled, type Context, compileConstant, compileNode, failedAt, typeConstants } from "./compile-node.ts";
import { charge, type Frame } from "./frame.ts";
import type { Node } from "./node.ts";
import { ArrayView } from "./payload-view.ts";
import { celOfVariable, kindTypes } from "./variable-kind.ts";

/** Compiles a name alone: a variable of a macro around it, a declared variable, or the name of a type. */
export function compileVariable(node: Extract<Node, { kind: "identifier" }>, context: Context): Compiled {
  const local = node.isRoot ? -1 : context.locals.lastIndexOf(node.name);
  if (local >= 0) return { type: "dyn", run: (frame) => frame.locals[local] ?? null };
  const declared = compileDeclared(node.name, node.at, context);
  if (declared !== undefined) return declared;
  const type = typeConstants.get(node.name);
  if (type !== undefined) return compileConstant(type);
  if (context.isChecked) throw context.problem(node.at, `unknown variable '${shownText(node.name)}'`);
  return { type: "dyn", run: () => failedAt(fail(`unknown variable '${shownText(node.name)}'`), node.at) };
}

function compileDeclared(name: string, at: number, context: Context): Compiled | undefined {
  const kind = context.kindOf(name);
  if (kind === undefined) return undefined;
  const slot = context.slotOf(name);
  const read = (frame: Frame): Result => {
    charge(frame, 1);
    const payload = frame.scope(name);
    const value =
      payload === undefined ? fail(`variable '${shownText(name)}' has no value`) : celOfVariable(name, kind, payload);
    frame.slots[slot] = value instanceof Failure ? failedAt(value, at) : value;
    return value;
  };
  const run = (frame: Frame): Result => {
    const known = frame.slots[slot];
    return known === undefined ? read(frame) : known;
  };
  return { type: kindTypes[kind], run };
}

/**
 * Compiles `a.b` and `has(a.b)`. Where a variable is called `a.b`, that is meant rather than the field `b` of `a`, and
 * the longest such name wins.
 */
export function compileSelect(node: Extract<Node, { kind: "select" | "has" }>, context: Context): Compiled {
  if (node.kind === "select") {
    const named = compileDottedName(node, context);
    if (named !== undefined) return named;
  }
  const operand = compileNode(node.operand, context);
  if (context.isChecked && operand.type !== "dyn" && operand.type !== "map" && operand.type !== "list") {
    throw context.problem(node.at, `${shownType(operand.type)} has no field '${shownText(node.field)}':`);
  }
  const { run: runOperand } = operand;
  const { field, at } = node;
  if (node.kind === "select") return { type: "dyn", run: (frame) => select(frame, runOperand(frame), field, at) };
  return { type: "bool", run: (frame) => has(frame, runOperand(frame), field, at) };
}

function compileDottedName(node: Node, context: Context): Compiled | undefined {
  const name = dottedName(node);
  if (name === undefined || (!name.isRoot && context.locals.includes(name.first))) return undefined;
  const declared = compileDeclared(name.text, node.at, context);
  if (declared !== undefined) return declared;
  const type = typeConstants.get(name.text);
  return type && compileConstant(type);
}

/** The names that a chain of fields may stand for, as one text; `undefined` for a field of anything else. */
export function dottedName(node: Node): { text: string; first: string; isRoot: boolean } | undefined {
  if (node.kind === "identifier") return { text: node.name, first: node.name, isRoot: node.isRoot };
  if (node.kind !== "select") return undefined;
  const operand = dottedName(node.operand);
  return operand && { ...operand, text: `${operand.text}.${node.field}` };
}

/** The value of a field, `undefined` where there is none, or why there can be none. */
function fieldOf(operand: Cel, field: string): Result | undefined {
  if (operand instanceof CelMap) return operand.get(field);
  if (operand instanceof ArrayView) return operand.field(field);
  return fail(`${shownType(typeOf(operand))} has no field '${shownText(field)}'`);
}

function select(frame: Frame, operand: Result, field: string, at: number): Result {
  charge(frame, 1);
  if (operand instanceof Failure) return operand;
  const value = fieldOf(operand, field);
  if (value === undefined) return failedAt(fail(`no such key: ${JSON.stringify(shownText(field))}`), at);
  return value instanceof Failure ? failedAt(value, at) : value;
}

function has(frame: Frame, operand: Result, field: string, at: number): Result {
  charge(frame, 1);
  if (operand instanceof Failure) return operand;
  const value = fieldOf(operand, field);
  return value instanceof Failure ? failedAt(value, at) : value !== undefined;
}
