import { tooLarge } from "./check-argument.ts";
import type { DecideContext } from "./command.ts";
import { type Parsed, parseValue } from "./parse-value.ts";
import { type Payload, payloadSize, type ValueRecord } from "./payload.ts";
import { type Refusal, refusal } from "./store-error.ts";

/** What a value is meant for: enough of a variable to ask its type. */
export interface ValueTarget {
  readonly name: string;
  readonly type: string;
  readonly constraints: ValueRecord;
}

/** Turns a value into the stored form that a variable's type gives it, or refuses it by name. */
export function encodeValue(
  { name, type, constraints }: ValueTarget,
  input: unknown,
  context: DecideContext,
): Parsed<Payload> {
  const found = context.types.get(type);
  if (found === undefined) return { kind: "refused", refusal: unknownType(type) };
  const parsed = parseValue(found, constraints, input, name);
  if (parsed.kind === "refused") return parsed;
  const payload = found.encode(parsed.value);
  const size = payloadSize(payload);
  const { valueBytes } = context.limits;
  return size > valueBytes
    ? { kind: "refused", refusal: tooLarge(name, size, valueBytes) }
    : { kind: "parsed", value: payload };
}

/** The refusal of a type that is not installed here. */
export const unknownType = (type: string): Refusal<"invalid_type"> =>
  refusal("invalid_type", `Unknown type: ${type}`, { type });
