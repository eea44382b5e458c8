import { NullValue } from "@bufbuild/protobuf/wkt";
import { isNdArray, type Value, type ValueRecord } from "@trimtab/core";
import type { Value as WireValue } from "./gen/trimtab/v1/value_pb.ts";
import { toWireNdArray } from "./nd-array.ts";
import type { WireEntries } from "./value.ts";

/**
 * Puts a plain value on the wire as `toPayload` would store it, without making the payload: numbers become floats,
 * bigints integers. For data that a store has let through; `toPayload` checks what comes from elsewhere.
 */
export const toWirePlain = (value: Value): WireValue => ({ $typeName: "trimtab.v1.Value", kind: kindOf(value) });

/** Puts a record on the wire as a map field; see {@link toWirePlain}. */
export function toWireRecord(record: ValueRecord): WireEntries {
  const entries: WireEntries = {};
  // A record that a store has let through has no key __proto__, so plain assignment is safe.
  for (const key of Object.keys(record)) entries[key] = toWirePlain(record[key] as Value);
  return entries;
}

function kindOf(value: Value): WireValue["kind"] {
  switch (typeof value) {
    case "number":
      return { case: "number", value };
    case "bigint":
      return { case: "integer", value };
    case "boolean":
      return { case: "boolean", value };
    case "string":
      return { case: "string", value };
    default:
      return value === null ? { case: "null", value: NullValue.NULL_VALUE } : objectKindOf(value);
  }
}

function objectKindOf(value: Exclude<Value, null | boolean | number | bigint | string>): WireValue["kind"] {
  if (value instanceof Uint8Array) return { case: "bytes", value };
  if (isNdArray(value)) return { case: "array", value: toWireNdArray(value) };
  if (Array.isArray(value)) {
    return { case: "list", value: { $typeName: "trimtab.v1.ValueList", items: value.map(toWirePlain) } };
  }
  return {
    case: "map",
    value: { $typeName: "trimtab.v1.ValueMap", entries: toWireRecord(value as ValueRecord) },
  };
}
