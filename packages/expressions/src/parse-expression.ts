import { isInt64 } from "@trimtab/core";
import { isUint64 } from "./arithmetic.ts";
import { type Cel, Uint } from "./cel-value.ts";
import { expandMacro } from "./macro-call.ts";
import type { Node } from "./node.ts";
import type { Problem } from "./problem.ts";
import { createTokenCursor, type TokenCursor } from "./token-cursor.ts";
import { createTreeBuilder, type SyntaxLimits, type TreeBuilder } from "./tree-builder.ts";

interface Parser extends TokenCursor, TreeBuilder {
  readonly problem: Problem;
}

// https://github.com/google/cel-spec/blob/master/doc/langdef.md#syntax
const reserved = new Set(
  "as break const continue else for function if import let loop package namespace return var void while".split(" "),
);
const keywords = new Set(["true", "false", "null", "in"]);

const binaryLevels: readonly ReadonlySet<string>[] = [
  new Set(["<", "<=", ">=", ">", "==", "!=", "in"]),
  new Set(["+", "-"]),
  new Set(["*", "/", "%"]),
];

/**
 * Parses one CEL expression and expands its macros.
 *
 * @throws StoreError `invalid_expression` naming the place and what is wrong there
 */
export function parseExpression(source: string, limits: SyntaxLimits, problem: Problem): Node {
  const parser: Parser = { ...createTokenCursor(source, problem), ...createTreeBuilder(limits, problem), problem };
  const node = expression(parser);
  if (parser.token().kind !== "end") throw parser.unexpected("an operator or the end");
  return node;
}

function expression(parser: Parser): Node {
  return parser.nested(parser.token().at, () => {
    const condition = disjunction(parser);
    const { at } = parser.token();
    if (!parser.accept("?")) return condition;
    const whenTrue = expression(parser);
    parser.expect(":");
    const whenFalse = expression(parser);
    return parser.add({ kind: "conditional", at, condition, whenTrue, whenFalse }, [condition, whenTrue, whenFalse]);
  });
}

const disjunction = (parser: Parser): Node => logical(parser, "or", conjunction);
const conjunction = (parser: Parser): Node => logical(parser, "and", (inner) => binary(inner, 0));

/** Operands of `&&` and `||` stay one flat list, so that long rules are not deep ones. */
function logical(parser: Parser, kind: "and" | "or", operand: (parser: Parser) => Node): Node {
  const text = kind === "and" ? "&&" : "||";
  const first = operand(parser);
  const { at } = parser.token();
  if (!parser.accept(text)) return first;
  const operands = [first, operand(parser)];
  while (parser.accept(text)) operands.push(operand(parser));
  return parser.add({ kind, at, operands }, operands);
}

function binary(parser: Parser, level: number): Node {
  const operators = binaryLevels[level];
  if (operators === undefined) return unary(parser);
  let left = binary(parser, level + 1);
  for (;;) {
    const token = parser.token();
    const isOperator = token.kind === "symbol" || (token.kind === "identifier" && token.text === "in");
    if (!isOperator || !operators.has(token.text)) return left;
    parser.advance();
    // No name that an author could write.
    const name = token.text === "in" ? "@in" : `_${token.text}_`;
    left = call(parser, token.at, name, [left, binary(parser, level + 1)]);
  }
}

const call = (parser: Parser, at: number, name: string, operands: readonly Node[]): Node =>
  parser.add({ kind: "call", at, name, isMethod: false, operands }, operands);

function unary(parser: Parser): Node {
  const signs: { text: "!" | "-"; at: number }[] = [];
  for (;;) {
    const { at } = parser.token();
    if (parser.accept("!")) signs.push({ text: "!", at });
    else if (parser.accept("-")) signs.push({ text: "-", at });
    else break;
  }
  const { kind } = parser.token();
  const isNegative = signs.at(-1)?.text === "-" && (kind === "int" || kind === "double");
  const negative = isNegative ? signs.pop() : undefined;
  let node = members(parser, negative === undefined ? primary(parser) : number(parser, negative.at, true));
  for (const { text, at } of signs.reverse()) node = call(parser, at, `${text}_`, [node]);
  return node;
}

function members(parser: Parser, operand: Node): Node {
  let node = operand;
  for (;;) {
    const { at } = parser.token();
    if (parser.accept("[")) {
      node = call(parser, at, "_[_]", [node, expression(parser)]);
      parser.expect("]");
    } else if (parser.accept(".")) {
      node = member(parser, node);
    } else {
      return node;
    }
  }
}

function member(parser: Parser, operand: Node): Node {
  const token = parser.token();
  const { at } = token;
  if (token.kind !== "field" && (token.kind !== "identifier" || keywords.has(token.text))) {
    throw parser.unexpected("a field or a method");
  }
  parser.advance();
  const name = token.text;
  if (token.kind === "field" || !parser.accept("(")) {
    return parser.add({ kind: "select", at, operand, field: name }, [operand]);
  }
  const operands = [operand, ...list(parser, ")")];
  const method = () => parser.add({ kind: "call", at, name, isMethod: true, operands }, operands);
  return expandMacro({ at, name, operands }, parser.add, parser.problem) ?? method();
}

function primary(parser: Parser): Node {
  const token = parser.token();
  switch (token.kind) {
    case "identifier":
      return named(parser, false);
    case "int":
    case "uint":
    case "double":
      return number(parser, token.at, false);
    case "string":
    case "bytes":
      parser.advance();
      return constant(parser, token.at, token.value);
    default:
      return bracketed(parser, token.at);
  }
}

const constant = (parser: Parser, at: number, value: Cel): Node => parser.add({ kind: "constant", at, value }, []);

function number(parser: Parser, at: number, isNegative: boolean): Node {
  const token = parser.advance();
  if (token.kind === "double") return constant(parser, at, isNegative ? -token.value : token.value);
  if (token.kind !== "int" && token.kind !== "uint") throw parser.problem(at, "expected a number");
  const value = isNegative ? -token.value : token.value;
  const isUnsigned = token.kind === "uint";
  if (isUnsigned ? !isUint64(value) : !isInt64(value)) throw parser.problem(at, "whole number beyond 64 bits");
  return constant(parser, at, isUnsigned ? new Uint(value) : value);
}

const literals: ReadonlyMap<string, Cel> = new Map<string, Cel>([
  ["true", true],
  ["false", false],
  ["null", null],
]);

function named(parser: Parser, isRoot: boolean): Node {
  const token = parser.token();
  if (token.kind !== "identifier") throw parser.unexpected("a name");
  const { at, text: name } = token;
  const literal = isRoot ? undefined : literals.get(name);
  if (literal === undefined && (reserved.has(name) || keywords.has(name))) {
    throw parser.problem(at, `\`${name}\` is a reserved word`);
  }
  parser.advance();
  if (literal !== undefined) return constant(parser, at, literal);
  if (!parser.accept("(")) return parser.add({ kind: "identifier", at, name, isRoot }, []);
  const operands = list(parser, ")");
  return name === "has" ? has(parser, at, operands) : call(parser, at, name, operands);
}

function has(parser: Parser, at: number, operands: readonly Node[]): Node {
  const [field] = operands;
  if (field?.kind !== "select" || operands.length > 1) {
    throw parser.problem(at, "has() takes one field, for instance has(a.b): wrong argument");
  }
  return parser.add({ ...field, kind: "has", at }, [field.operand]);
}

function bracketed(parser: Parser, at: number): Node {
  if (parser.accept("(")) {
    const node = expression(parser);
    parser.expect(")");
    return node;
  }
  if (parser.accept("[")) {
    const items = list(parser, "]");
    return parser.add({ kind: "list", at, items }, items);
  }
  if (parser.accept("{")) {
    const entries = mapEntries(parser);
    return parser.add({ kind: "map", at, entries }, entries.flat());
  }
  if (parser.accept(".")) return named(parser, true);
  throw parser.unexpected("a value");
}

/** Expressions up to a closing bracket; those of a list may end with a comma. */
function list(parser: Parser, closing: ")" | "]"): Node[] {
  const items: Node[] = [];
  if (parser.accept(closing)) return items;
  for (;;) {
    items.push(expression(parser));
    if (parser.accept(closing)) return items;
    if (!parser.accept(",")) throw parser.unexpected(`\`,\` or \`${closing}\``);
    if (closing === "]" && parser.accept(closing)) return items;
  }
}

function mapEntries(parser: Parser): (readonly [key: Node, value: Node])[] {
  const entries: (readonly [Node, Node])[] = [];
  while (!parser.accept("}")) {
    const key = expression(parser);
    parser.expect(":");
    entries.push([key, expression(parser)]);
    if (parser.accept("}")) break;
    if (!parser.accept(",")) throw parser.unexpected("`,` or `}`");
  }
  return entries;
}
