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

/** What the last value was parsed in, for the next one; absent while one is parsed. */
let spare: z.core.ParsePayload | undefined;

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
  const schema = schemaOf(type, constraints);
  // What `safeParse` does, but for the result that it would wrap: this runs with every value that is written or derived.
  const payload = spare ?? { value: undefined, issues: [] };
  spare = undefined;
  payload.value = input;
  const parsed = schema._zod.run(payload, atOnce);
  if (!(parsed instanceof Promise) && parsed.issues.length === 0) {
    const value = parsed.value as V;
    // A transformation, as the schemas of all built-in types are, leaves nothing but the value in it.
    if (parsed === payload && schema._zod.def.type === "transform") {
      payload.value = undefined;
      spare = payload;
    }
    return { kind: "parsed", value };
  }
  const result = schema.safeParse(input);
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
const schemas = new WeakMap<object, WeakMap<ValueRecord, z.ZodType>>();

function schemaOf<V, C extends ValueRecord>(type: VariableType<V, C>, constraints: C): z.ZodType<V> {
  let ofType = schemas.get(type);
  if (ofType === undefined) {
    ofType = new WeakMap();
    schemas.set(type, ofType);
  }
  const known = ofType.get(constraints);
  if (known !== undefined) return known as z.ZodType<V>;
  const schema = type.values(constraints);
  ofType.set(constraints, schema);
  return schema;
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
