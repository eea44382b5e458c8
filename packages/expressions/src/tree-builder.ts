import type { Node } from "./node.ts";
import type { Problem } from "./problem.ts";

/** Most parts that an expression may have, and how deep they may be nested. */
export interface SyntaxLimits {
  readonly maxNodes: number;
  readonly maxDepth: number;
}

/** Holds a tree under construction to its limits. */
export interface TreeBuilder {
  /** Takes a new node over children that were added before. */
  readonly add: <N extends Node>(node: N, children: readonly Node[]) => N;
  /** Runs a step of the parser that may contain itself. */
  readonly nested: <T>(at: number, step: () => T) => T;
}

/** Starts an empty tree. */
export function createTreeBuilder({ maxNodes, maxDepth }: SyntaxLimits, problem: Problem): TreeBuilder {
  let nodes = 0;
  let nesting = 0;
  // A chain such as `a + b + c` is parsed without recursion, and yet it is a deep tree.
  const depths = new WeakMap<Node, number>();
  const tooDeep = (at: number) => problem(at, `nested deeper than ${maxDepth} levels`);
  return {
    add: (node, children) => {
      nodes++;
      if (nodes > maxNodes) throw problem(node.at, `more than ${maxNodes} parts`);
      const depth = 1 + children.reduce((deepest, child) => Math.max(deepest, depths.get(child) ?? 0), 0);
      if (depth > maxDepth) throw tooDeep(node.at);
      depths.set(node, depth);
      return node;
    },
    nested: (at, step) => {
      nesting++;
      if (nesting > maxDepth) throw tooDeep(at);
      const result = step();
      nesting--;
      return result;
    },
  };
}
