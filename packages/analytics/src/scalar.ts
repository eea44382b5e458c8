import type { Payload, Value } from "@trimtab/core";

/** A value that analytics can compare: numbers, short text and booleans; of everything else only that it was written. */
export type Scalar = number | string | boolean;

/** Text longer than this is not compared. */
const longestText = 255;

/** The comparable form of a value, where it has one. */
export function scalarOf(value: Value): Scalar | undefined {
  switch (typeof value) {
    case "number":
    case "boolean":
      return value;
    case "bigint":
      return Number(value);
    case "string":
      return value.length <= longestText ? value : undefined;
    default:
      return undefined;
  }
}

/** The comparable form of what is stored, where it has one. */
export function scalarOfPayload(payload: Payload): Scalar | undefined {
  switch (payload.kind) {
    case "number":
    case "boolean":
    case "integer":
    case "string":
      return scalarOf(payload.value);
    default:
      return undefined;
  }
}
