import type { Cel } from "./cel-value.ts";

/** Macros over the items of a list or the keys of a map. */
export type Macro = "all" | "exists" | "exists_one" | "map" | "filter";

/** A part of a parsed expression; `at` is its offset in the source. */
export type Node =
  | { readonly kind: "constant"; readonly at: number; readonly value: Cel }
  /** `isRoot` where written with a leading dot, which names a variable in spite of a macro's. */
  | { readonly kind: "identifier"; readonly at: number; readonly name: string; readonly isRoot: boolean }
  | { readonly kind: "select"; readonly at: number; readonly operand: Node; readonly field: string }
  | { readonly kind: "has"; readonly at: number; readonly operand: Node; readonly field: string }
  /** A call of a function or an operator; of a method where `isMethod`, whose receiver comes first. */
  | {
      readonly kind: "call";
      readonly at: number;
      readonly name: string;
      readonly isMethod: boolean;
      readonly operands: readonly Node[];
    }
  | { readonly kind: "and" | "or"; readonly at: number; readonly operands: readonly Node[] }
  | {
      readonly kind: "conditional";
      readonly at: number;
      readonly condition: Node;
      readonly whenTrue: Node;
      readonly whenFalse: Node;
    }
  | { readonly kind: "list"; readonly at: number; readonly items: readonly Node[] }
  | { readonly kind: "map"; readonly at: number; readonly entries: readonly (readonly [key: Node, value: Node])[] }
  | {
      readonly kind: "macro";
      readonly at: number;
      readonly macro: Macro;
      readonly range: Node;
      readonly variable: string;
      /** Of `map` with three arguments. */
      readonly filter?: Node;
      readonly body: Node;
    };
