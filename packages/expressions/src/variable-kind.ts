import { checkChoice, type Payload, StoreError } from "@trimtab/core";
import { Failure, fail, type Result, shownText, shownType, typeOf } from "./cel-value.ts";
import type { SignatureType } from "./overload.ts";
import { celOfPayload } from "./payload-view.ts";
import { createTimestamp } from "./time.ts";

/**
 * What is known of a variable when an expression is compiled; `any` where nothing is. A `list` may also be an embedding
 * or a tensor. A `timestamp` is stored as milliseconds since the Unix epoch, as an integer or a float.
 */
export type VariableKind = "any" | "boolean" | "integer" | "float" | "string" | "bytes" | "list" | "map" | "timestamp";

/** The type that an expression gives a variable of each kind. */
export const kindTypes: Readonly<Record<VariableKind, SignatureType>> = {
  any: "dyn",
  boolean: "bool",
  integer: "int",
  float: "double",
  string: "string",
  bytes: "bytes",
  list: "list",
  map: "map",
  timestamp: "google.protobuf.Timestamp",
};

/** Names that may be used in an expression, with what is known of each where that is said. */
export type Declarations =
  | readonly string[]
  | ReadonlySet<string>
  | { readonly [name: string]: VariableKind }
  | ((name: string) => VariableKind | undefined);

/** Makes one question out of all forms of declarations; asking throws `invalid_argument` where what is known is none of the kinds. */
export function kindLookup(declarations: Declarations): (name: string) => VariableKind | undefined {
  const look = lookup(declarations);
  return (name) => {
    const kind = look(name);
    const wrong = checkChoice(kind, `variables.${name}`, Object.keys(kindTypes));
    if (wrong !== undefined) throw new StoreError(wrong);
    return kind;
  };
}

function lookup(declarations: Declarations): (name: string) => VariableKind | undefined {
  if (typeof declarations === "function") return declarations;
  if (isNames(declarations)) {
    const names = new Set(declarations);
    return (name) => (names.has(name) ? "any" : undefined);
  }
  return (name) => (Object.hasOwn(declarations, name) ? declarations[name] : undefined);
}

type Names = readonly string[] | ReadonlySet<string>;

const isNames = (declarations: Exclude<Declarations, (name: string) => unknown>): declarations is Names =>
  Array.isArray(declarations) || declarations instanceof Set;

/** A variable's value as an expression sees it, which must be of the kind that was declared. */
export function celOfVariable(name: string, kind: VariableKind, payload: Payload): Result {
  const value = kind === "timestamp" ? momentOf(payload) : celOfPayload(payload);
  const type = kindTypes[kind];
  if (value instanceof Failure || type === "dyn" || typeOf(value) === type) return value;
  return fail(`variable '${shownText(name)}' was declared as ${kind} and holds ${shownType(typeOf(value))}`);
}

function momentOf(payload: Payload): Result {
  if (payload.kind === "integer") return createTimestamp(payload.value * 1_000_000n);
  if (payload.kind === "number" && Number.isFinite(payload.value)) {
    const wholeMs = Math.floor(payload.value);
    return createTimestamp(BigInt(wholeMs) * 1_000_000n + BigInt(Math.round((payload.value - wholeMs) * 1e6)));
  }
  return celOfPayload(payload);
}
