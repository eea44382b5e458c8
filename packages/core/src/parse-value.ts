import type * as z from "zod";
import { isInt64, type Value, type ValueRecord } from "./payload.ts";
import { type Refusal, refusal } from "./store-error.ts";
import type { ValueIssue, VariableType } from "./variable-type.ts";

/** What a type says to unknown input: the value it stores, or why it refuses. Neither is ever thrown. */
export type Parsed<T, R extends Refusal = Refusal> =
  | { readonly kind: "parsed"; readonly value: T }
  | { readonly kind: "refused"; readonly refusal: R };

/** Why a value is refused: it is not of the type, or it breaks one constraint. */
export type ValueRefusal = Refusal<"validation_failed" | "constraint_violation">;

/** Where a value comes from, for the message of its refusal. */
export interface ValueOrigin {
  /** The variable or argument that the value is meant for. */
  readonly field: string;
  /** Name of the type that was asked. */
  readonly type: string;
}

/** How schemas are run: none may wait for anything. */
const atOnce = { async: false };

/** What a function that parses values puts its issues into. */
export type ValueContext = Pick<z.core.$RefinementCtx, "issues">;

/** Gives the value to store; where it adds issues, what it gives is not looked at. */
type ParseFunction<V> = (input: unknown, context: ValueContext) => V;

const functions = new WeakMap<object, ParseFunction<unknown>>();

/**
 * Tells of a schema of values which function it is made of, and gives it back: its values are then parsed by that function
 * alone. The schema must do what the function does and nothing else.
 */
export function madeOf<V>(schema: z.ZodType<V>, parse: ParseFunction<V>): z.ZodType<V> {
  functions.set(schema, parse);
  return schema;
}

/** What the last value was parsed in, for the next one; absent while one is parsed. */
let spare: ValueContext | undefined;

/**
 * Asks a type whether it takes a value under constraints that it has let through before. Gives the normalised value,
 * ready for the type's `encode`, or the first refusal, whose message names the field, the limit and the value.
 * The schema is built once per type and constraints object and lives as long as that object does.
 */
export function parseValue<V, C extends ValueRecord>(
  type: VariableType<V, C>,
  constraints: C,
  input: unknown,
  field: string,
): Parsed<V, ValueRefusal> {
  const parser = parserOf(type, constraints);
  const value = parser.take(input);
  if (value !== notTaken) return { kind: "parsed", value: value as V };
  const result = parser.schema.safeParse(input);
  if (result.success) return { kind: "parsed", value: result.data };
  return { kind: "refused", refusal: valueRefusal(result.error.issues, input, { field, type: type.name }) };
}

/**
 * Asks a type whether it takes constraints and gives their canonical form, which parses to itself. Absent constraints
 * are the empty ones. The refusal names the first constraint at fault, or `constraints` where they are no record.
 */
export function parseConstraints<V, C extends ValueRecord>(
  type: VariableType<V, C>,
  input: unknown = {},
): Parsed<C, Refusal<"invalid_constraints">> {
  const result = type.constraints.safeParse(input);
  if (result.success) return { kind: "parsed", value: result.data };
  const issue = result.error.issues[0];
  const field = issue === undefined ? "constraints" : constraintAtFault(issue);
  const message = `${type.name} constraint ${field}: ${issue?.message ?? "is refused"}`;
  return { kind: "refused", refusal: refusal("invalid_constraints", message, { type: type.name, field }) };
}

/**
 * Turns the issues of a value's schema into a refusal. An issue made with `typeIssue` or `constraintIssue` says what
 * it means; one from a plain zod check counts as `validation_failed`. The first that says what it means wins.
 */
export function valueRefusal(
  issues: readonly z.core.$ZodIssue[],
  input: unknown,
  { field, type }: ValueOrigin,
): ValueRefusal {
  const issue = issues.find((each) => ownIssue(each) !== undefined) ?? issues[0];
  const own = issue === undefined ? undefined : ownIssue(issue);
  const at = issue === undefined || issue.path.length === 0 ? field : `${field}.${issue.path.map(String).join(".")}`;
  const message = `${at}: ${issue?.message ?? "is refused"}`;
  const value = own?.value ?? (issue?.path.length ? undefined : quotable(input));
  const shared = { field: at, type, ...(value !== undefined && { value }) };
  return own?.reason === "constraint_violation"
    ? refusal(own.reason, message, { ...shared, constraint: own.constraint, limit: own.limit })
    : refusal("validation_failed", message, shared);
}

// Constraints are frozen into the log's state and shared by each version of a variable, so their identity is a good
// key; the type comes first because variables of several types share the one empty record.
const parsers = new WeakMap<object, WeakMap<ValueRecord, Parser<unknown>>>();

/** In the place of a value that a type does not take. */
export const notTaken = Symbol("not taken");

/** How values of a type are parsed under some constraints. */
interface Parser<V> {
  readonly schema: z.ZodType<V>;
  /** Gives the normalised value, or {@link notTaken}: the schema then says why. */
  readonly take: (input: unknown) => V | typeof notTaken;
}

/** Parses by the function that a schema is made of. */
const takenBy =
  <V>(parse: ParseFunction<V>) =>
  (input: unknown): V | typeof notTaken => {
    const context = spare ?? { issues: [] };
    spare = undefined;
    const value = parse(input, context);
    if (context.issues.length > 0) return notTaken;
    spare = context;
    return value;
  };

/** Does what `safeParse` does, but for the result that it would wrap: this runs with every value that is written or derived. */
const takenByAny =
  <V>(schema: z.ZodType<V>) =>
  (input: unknown): V | typeof notTaken => {
    const parsed = schema._zod.run({ value: input, issues: [] }, atOnce);
    return parsed instanceof Promise || parsed.issues.length > 0 ? notTaken : (parsed.value as V);
  };

/** How a type parses values under constraints that it has let through before: worked out once, and kept as long as they are. */
export function parserOf<V, C extends ValueRecord>(type: VariableType<V, C>, constraints: C): Parser<V> {
  let ofType = parsers.get(type);
  if (ofType === undefined) {
    ofType = new WeakMap();
    parsers.set(type, ofType);
  }
  const known = ofType.get(constraints);
  if (known !== undefined) return known as Parser<V>;
  const schema = type.values(constraints);
  const parse = functions.get(schema) as ParseFunction<V> | undefined;
  const parser: Parser<V> = { schema, take: parse === undefined ? takenByAny(schema) : takenBy(parse) };
  ofType.set(constraints, parser);
  return parser;
}

function constraintAtFault(issue: z.core.$ZodIssue): string {
  if (issue.path.length > 0) return issue.path.map(String).join(".");
  return issue.code === "unrecognized_keys" ? (issue.keys[0] ?? "constraints") : "constraints";
}

function ownIssue(issue: z.core.$ZodIssue): ValueIssue | undefined {
  if (issue.code !== "custom" || issue.params === undefined) return undefined;
  const { trimtab } = issue.params;
  return trimtab as ValueIssue | undefined;
}

const longestQuote = 256;

/** The input itself where it is small and could be sent; a refusal should not carry a whole tensor back. */
function quotable(input: unknown): Value | undefined {
  switch (typeof input) {
    case "string":
      return input.length <= longestQuote && input.isWellFormed() ? input : undefined;
    case "bigint":
      return isInt64(input) ? input : undefined;
    case "number":
    case "boolean":
      return input;
    default:
      return input === null ? null : undefined;
  }
}
