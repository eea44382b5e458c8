import { type Cel, Failure, fail, type Result, shownText, shownType, typeOf } from "./cel-value.ts";
import { type Compiled, type Context, compileNode, failedAt, type Run } from "./compile-node.ts";
import { charge, type Frame } from "./frame.ts";
import { functions, methods } from "./functions.ts";
import type { Node } from "./node.ts";
import { accepts, type Overloads, type SignatureType } from "./overload.ts";
import { checkPattern, matches } from "./pattern.ts";

type CallNode = Extract<Node, { kind: "call" }>;

/** Compiles a call of a function, a method or an operator. */
export function compileCall(node: CallNode, context: Context): Compiled {
  const pattern = compileFixedPattern(node, context);
  if (pattern !== undefined) return pattern;
  const overloads = (node.isMethod ? methods : functions).get(node.name);
  if (overloads === undefined) return unknownCall(node, context);
  const operands = node.operands.map((operand) => compileNode(operand, context));
  const types = operands.map(({ type }) => type);
  const candidates = overloads.filter((candidate) => accepts(candidate, types));
  const [first] = candidates;
  if (first === undefined) {
    if (context.isChecked) throw context.problem(node.at, `${misfit(node, types)},`);
  } else if (context.isChecked) {
    checkComparison(node, types, context);
  }
  const result = candidates.every(({ result }) => result === first?.result) ? first?.result : undefined;
  const runs = operands.map(({ run }) => run);
  const isCertain = first?.parameters.every((parameter, i) => parameter === "dyn" || types[i] !== "dyn") ?? false;
  const call =
    first !== undefined && isCertain
      ? first.call
      : (frame: Frame, values: readonly Cel[]): Result => dispatch(frame, node, overloads, values);
  return { type: result ?? "dyn", run: runCall(node, runs, call) };
}

/** Refuses comparisons whose answer is known: values of types that are not both numbers are never equal. */
function checkComparison({ name, at }: CallNode, [left, right]: readonly SignatureType[], context: Context): void {
  if ((name !== "_==_" && name !== "_!=_") || left === undefined || right === undefined || left === right) return;
  const isOpen = (type: SignatureType): boolean => type === "dyn" || type === "null_type";
  if (isOpen(left) || isOpen(right) || (numberTypes.has(left) && numberTypes.has(right))) return;
  throw context.problem(at, `${shownType(left)} and ${shownType(right)} are never equal:`);
}

const numberTypes: ReadonlySet<SignatureType> = new Set(["int", "uint", "double"]);

type Call = (frame: Frame, values: readonly Cel[]) => Result;

function runCall({ name, at }: CallNode, runs: readonly Run[], call: Call): Run {
  const [first, second] = runs;
  if (runs.length === 2 && first !== undefined && second !== undefined) {
    const onDoubles = doubleOperators.get(name);
    return (frame) => {
      charge(frame, 1);
      const left = first(frame);
      if (left instanceof Failure) return left;
      const right = second(frame);
      if (right instanceof Failure) return right;
      if (onDoubles !== undefined && typeof left === "number" && typeof right === "number")
        return onDoubles(left, right);
      const result = call(frame, [left, right]);
      return result instanceof Failure ? failedAt(result, at) : result;
    };
  }
  return (frame) => {
    charge(frame, 1);
    const values: Cel[] = [];
    for (const run of runs) {
      const value = run(frame);
      if (value instanceof Failure) return value;
      values.push(value);
    }
    const result = call(frame, values);
    return result instanceof Failure ? failedAt(result, at) : result;
  };
}

/** What most expressions consist of, without a search for the overload. */
const doubleOperators: ReadonlyMap<string, (a: number, b: number) => Cel> = new Map<
  string,
  (a: number, b: number) => Cel
>([
  ["_+_", (a, b) => a + b],
  ["_-_", (a, b) => a - b],
  ["_*_", (a, b) => a * b],
  ["_/_", (a, b) => a / b],
  ["_<_", (a, b) => a < b],
  ["_<=_", (a, b) => a <= b],
  ["_>_", (a, b) => a > b],
  ["_>=_", (a, b) => a >= b],
  ["_==_", (a, b) => a === b],
  ["_!=_", (a, b) => a !== b],
]);

function dispatch(frame: Frame, node: CallNode, overloads: Overloads, values: readonly Cel[]): Result {
  const types = values.map(typeOf);
  for (const candidate of overloads) if (accepts(candidate, types)) return candidate.call(frame, values);
  return fail(misfit(node, types));
}

/** Names a call as its author wrote it, and the types that it does not take. */
function misfit({ name, isMethod }: CallNode, types: readonly SignatureType[]): string {
  const shown = types.map(shownType);
  if (/^[A-Za-z]/.test(name)) {
    const [receiver, ...rest] = shown;
    return isMethod
      ? `${receiver} has no method ${name}(${rest.join(", ")})`
      : `${name}() takes no (${shown.join(", ")})`;
  }
  return `operator ${name.replace(/[_@]/g, "")} takes no ${shown.join(" and ")}`;
}

function unknownCall(node: CallNode, context: Context): Compiled {
  const kind = node.isMethod ? "method" : "function";
  if (context.isChecked) throw context.problem(node.at, `unknown ${kind} ${shownText(node.name)}()`);
  for (const operand of node.operands) compileNode(operand, context);
  return { type: "dyn", run: () => failedAt(fail(`unknown ${kind} ${shownText(node.name)}()`), node.at) };
}

/** A pattern that is written out is compiled once, and refused at once where it is none. */
function compileFixedPattern(node: CallNode, context: Context): Compiled | undefined {
  const [text, source] = node.operands;
  if (!node.isMethod || node.name !== "matches" || node.operands.length !== 2) return undefined;
  if (text === undefined || source?.kind !== "constant" || typeof source.value !== "string") return undefined;
  const operand = compileNode(text, context);
  const pattern = checkPattern(source.value);
  if (pattern instanceof Failure) {
    if (context.isChecked) throw context.problem(source.at, `${pattern.message},`);
    return { type: "bool", run: () => failedAt(fail(pattern.message), source.at) };
  }
  context.spendOnPatterns(pattern.size, source.at);
  if (operand.type !== "string" && operand.type !== "dyn") return undefined;
  const run = (frame: Frame): Result => {
    charge(frame, 1);
    const value = operand.run(frame);
    if (value instanceof Failure) return value;
    if (typeof value === "string") return matches(frame, value, pattern);
    return failedAt(fail(misfit(node, [typeOf(value), "string"])), node.at);
  };
  return { type: "bool", run };
}
