import { tooLarge } from "./check-argument.ts";
import type { DecideContext } from "./command.ts";
import { type Parsed, parseValue } from "./parse-value.ts";
import { type Payload, payloadSize, type ValueRecord } from "./payload.ts";
import { saysSensitive } from "./sensitivity.ts";
import { type Refusal, refusal } from "./store-error.ts";

/** What a value is meant for: enough of a variable to ask its type. */
export interface ValueTarget {
  readonly name: string;
  readonly type: string;
  readonly constraints: ValueRecord;
  /** Where these say so a refusal tells nothing of the value. */
  readonly sensitive?: boolean;
  readonly metadata?: ValueRecord;
}

/** Turns a value into the stored form that a variable's type gives it, or refuses it by name. */
export function encodeValue(target: ValueTarget, input: unknown, context: DecideContext): Parsed<Payload> {
  const { name, type, constraints } = target;
  // No request can carry that there is none, so that no type is asked about it here either.
  if (input === undefined) {
    return { kind: "refused", refusal: refusal("invalid_argument", `${name} is undefined`, { field: name }) };
  }
  const found = context.types.get(type);
  if (found === undefined) return { kind: "refused", refusal: unknownType(type) };
  const parsed = parseValue(found, constraints, input, name);
  if (parsed.kind === "refused")
    return saysSensitive(target) ? { ...parsed, refusal: withoutValue(parsed.refusal, name) } : parsed;
  const payload = found.encode(parsed.value);
  const size = payloadSize(payload);
  const { valueBytes } = context.limits;
  return size > valueBytes
    ? { kind: "refused", refusal: tooLarge(name, size, valueBytes) }
    : { kind: "parsed", value: payload };
}

/** A refusal of a value that says nothing of it but which constraint it breaks. Others are given back as they are. */
export function withoutValue(refused: Refusal, name: string): Refusal {
  if (refused.reason === "constraint_violation") {
    const { value: _, ...details } = refused.details;
    return refusal(
      "constraint_violation",
      `the value for ${name} breaks its constraint ${details.constraint}`,
      details,
    );
  }
  if (refused.reason !== "validation_failed") return refused;
  const { value: _, ...details } = refused.details;
  return refusal("validation_failed", `the value for ${name} is not one of its type ${details.type}`, details);
}

/** The refusal of a type that is not installed here. */
export const unknownType = (type: string): Refusal<"invalid_type"> =>
  refusal("invalid_type", `Unknown type: ${type}`, { type });
