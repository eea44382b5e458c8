import { compileNode, type Run } from "./compile-node.ts";
import { dottedName } from "./compile-select.ts";
import { createLruCache } from "./lru-cache.ts";
import type { Node } from "./node.ts";
import type { SignatureType } from "./overload.ts";
import { parseExpression } from "./parse-expression.ts";
import type { Problem } from "./problem.ts";
import type { SyntaxLimits } from "./tree-builder.ts";
import type { VariableKind } from "./variable-kind.ts";

/** Most parts that an expression may have, and how deep they may be nested. */
export const syntaxLimits: SyntaxLimits = { maxNodes: 5000, maxDepth: 250 };

/** Most instructions that the patterns written out in an expression may have together. */
const maxPatternsSize = 2000;

/** An expression ready to run. */
export interface Program {
  readonly run: Run;
  /** The type of its result where that is certain. */
  readonly type: SignatureType;
  /** The variables that it reads, in the order of their first mention; each has a slot in a frame. */
  readonly references: readonly string[];
}

/** How a program is made from a tree; see the context of `compileNode`. */
export interface ProgramOptions {
  readonly kindOf: (name: string) => VariableKind | undefined;
  readonly problem: Problem;
  readonly isChecked: boolean;
}

/** Makes a parsed expression ready to run. */
export function compileProgram(tree: Node, options: ProgramOptions): Program {
  const slots = new Map<string, number>();
  const slotOf = (name: string): number => {
    const slot = slots.get(name) ?? slots.size;
    slots.set(name, slot);
    return slot;
  };
  let patterns = 0;
  const spendOnPatterns = (size: number, at: number): void => {
    patterns += size;
    if (patterns > maxPatternsSize)
      throw options.problem(at, `all patterns together take over ${maxPatternsSize} steps,`);
  };
  const { run, type } = compileNode(tree, { ...options, slotOf, spendOnPatterns, locals: [] });
  return { run, type, references: Object.freeze(Array.from(slots.keys())) };
}

/** A parsed source and what was made of it, by the kinds of the names in it. */
interface Parsed {
  readonly tree: Node;
  readonly names: readonly string[];
  readonly programs: Map<string, Program>;
}

// In characters of source; a parsed and compiled character takes some hundred bytes.
const parsedSources = createLruCache<string, Parsed>(64 * 1024);
const entryWeight = 64;
const maxProgramsPerSource = 8;

/**
 * Gives the program of a source, made anew only where it was not used lately with the same declarations.
 *
 * @throws StoreError `invalid_expression`
 */
export function programOf(source: string, kindOf: ProgramOptions["kindOf"], problem: Problem): Program {
  const parsed = parsedSources.get(source) ?? parse(source, problem);
  const key = parsed.names.map((name) => kindOf(name) ?? "").join();
  const known = parsed.programs.get(key);
  if (known !== undefined) return known;
  const program = compileProgram(parsed.tree, { kindOf, problem, isChecked: true });
  if (parsed.programs.size >= maxProgramsPerSource) parsed.programs.clear();
  parsed.programs.set(key, program);
  parsedSources.set(source, parsed, source.length + entryWeight);
  return program;
}

function parse(source: string, problem: Problem): Parsed {
  const tree = parseExpression(source, syntaxLimits, problem);
  const names = new Set<string>();
  collectNames(tree, names);
  return { tree, names: Array.from(names), programs: new Map() };
}

/** Collects whatever may be the name of a variable. */
function collectNames(node: Node, names: Set<string>): void {
  const name = dottedName(node);
  if (name !== undefined) names.add(name.text);
  for (const child of childrenOf(node)) collectNames(child, names);
}

function childrenOf(node: Node): readonly Node[] {
  switch (node.kind) {
    case "constant":
    case "identifier":
      return [];
    case "select":
    case "has":
      return [node.operand];
    case "call":
    case "and":
    case "or":
      return node.operands;
    case "conditional":
      return [node.condition, node.whenTrue, node.whenFalse];
    case "list":
      return node.items;
    case "map":
      return node.entries.flat();
    case "macro":
      return node.filter === undefined ? [node.range, node.body] : [node.range, node.filter, node.body];
  }
}
