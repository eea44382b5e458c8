import type { Parsed } from "../parse-value.ts";
import type { Payload, Value } from "../payload.ts";

/**
 * An expression that has been read and found sound. Evaluating it is pure and never throws, and its cost is bounded,
 * whatever it says.
 */
export interface Expression {
  /** Names that it speaks of, each once. */
  readonly references: readonly string[];
  /** Evaluates it, asking for the value of each name that it comes to. */
  evaluate(payloadOf: (name: string) => Payload | undefined): Evaluated;
}

/** What came of evaluating something: a value, or a sentence that says why there is none. */
export type Evaluated =
  | { readonly kind: "value"; readonly value: Value }
  | { readonly kind: "failure"; readonly message: string };

/**
 * Reads an expression: the port that an expression language is plugged into. Reading the same text again should be cheap.
 * A refusal is `invalid_expression` and says where; a name that is not known is one of its reasons.
 */
export type CompileExpression = (source: string, reading: ExpressionReading) => Parsed<Expression>;

/** How an expression is read. */
export interface ExpressionReading {
  /** The argument that the source came in, which refusals name. */
  readonly field: string;
  /** Says whether there is anything of this name for the expression to speak of. */
  readonly knows: (name: string) => boolean;
  /** It must say yes or no. */
  readonly isCondition: boolean;
}

/**
 * A function in the deciding process that computes a variable's value from those that it depends on, by name: numbers, texts and
 * so on as they are, embeddings and tensors as arrays `{ dtype, shape, data }` of little-endian bytes. It must be
 * pure and quick: it runs while a write is decided. What it throws becomes the reason why the variable is stale.
 */
export type DerivationFunction = (inputs: Readonly<Record<string, Value>>) => Value;
