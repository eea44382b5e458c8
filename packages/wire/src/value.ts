import { NullValue } from "@bufbuild/protobuf/wkt";
import { fromPayload, maxPayloadDepth, type Payload, type Value, type ValueRecord } from "@trimtab/core";
import type { Value as WireValue } from "./gen/trimtab/v1/value_pb.ts";
import { fromWireNdArray, toWireNdArray } from "./nd-array.ts";
import { plainBytes } from "./plain-bytes.ts";
import { refuseMessage } from "./refuse.ts";

/** A map field of values. */
export type WireEntries = { [key: string]: WireValue };

/** Where the reader is: the name of the whole, then the keys and indexes that lead down from it. */
type Trail = (string | number)[];

/** Puts a payload on the wire. Bytes and arrays are shared with it, not copied. */
export function toWireValue(payload: Payload): WireValue {
  return { $typeName: "trimtab.v1.Value", kind: kindOf(payload) };
}

function kindOf(payload: Payload): WireValue["kind"] {
  switch (payload.kind) {
    case "null":
      return { case: "null", value: NullValue.NULL_VALUE };
    case "array":
      return { case: "array", value: toWireNdArray(payload.value) };
    case "list":
      return { case: "list", value: { $typeName: "trimtab.v1.ValueList", items: payload.value.map(toWireValue) } };
    case "map": {
      const entries = Object.fromEntries(Array.from(payload.value, ([key, item]) => [key, toWireValue(item)]));
      return { case: "map", value: { $typeName: "trimtab.v1.ValueMap", entries } };
    }
    default:
      return { case: payload.kind, value: payload.value } as WireValue["kind"];
  }
}

/**
 * Reads a payload; bytes and arrays are shared with the message. `path` names the value in errors.
 *
 * @throws StoreError `invalid_argument` naming the path: for a value that is absent or of no kind, an array whose dtype,
 *   shape and bytes do not fit together, nesting deeper than `maxPayloadDepth`, and the key `__proto__`; text needs no
 *   check, since protobuf's decoders refuse what is ill-formed
 */
export const fromWireValue = (value: WireValue | undefined, path: string): Payload => read(value, [path], payloadForms);

/** Reads a value straight into plain form, as `fromPayload` gives it; refuses what {@link fromWireValue} refuses. */
export const fromWirePlain = (value: WireValue | undefined, path: string): Value => read(value, [path], plainForms);

/** Reads a map field as a record of plain values; refuses what {@link fromWireValue} refuses. */
export const fromWireRecord = (entries: WireEntries, path: string): ValueRecord =>
  Object.fromEntries(readEntries(entries, [path], plainForms));

/** How a reader builds what it reads, so that each form is built directly. */
interface Forms<T> {
  leaf(payload: Payload): T;
  list(items: T[]): T;
  map(entries: [string, T][]): T;
}

const payloadForms: Forms<Payload> = {
  leaf: (payload) => payload,
  list: (value) => ({ kind: "list", value }),
  map: (entries) => ({ kind: "map", value: new Map(entries) }),
};

const plainForms: Forms<Value> = { leaf: fromPayload, list: (items) => items, map: Object.fromEntries };

function read<T>(value: WireValue | undefined, trail: Trail, forms: Forms<T>): T {
  if (value === undefined) throw refuse(trail, "is required");
  if (trail.length > maxPayloadDepth + 1) throw refuse(trail, `is nested deeper than ${maxPayloadDepth} levels`);
  const { kind } = value;
  switch (kind.case) {
    case "list":
      return forms.list(kind.value.items.map((item, index) => readItem(item, index, trail, forms)));
    case "map":
      return forms.map(readEntries(kind.value.entries, trail, forms));
    default:
      return forms.leaf(readLeaf(kind, trail));
  }
}

function readLeaf(kind: Exclude<WireValue["kind"], { case: "list" | "map" }>, trail: Trail): Payload {
  switch (kind.case) {
    case "number":
      return { kind: "number", value: kind.value };
    case "integer":
      return { kind: "integer", value: kind.value };
    case "boolean":
      return { kind: "boolean", value: kind.value };
    case "string":
      return { kind: "string", value: kind.value };
    case "bytes":
      return { kind: "bytes", value: plainBytes(kind.value) };
    case "array":
      return { kind: "array", value: fromWireNdArray(kind.value, formatTrail(trail)) };
    case "null":
      return { kind: "null" };
    default:
      throw refuse(trail, "has no kind");
  }
}

function readEntries<T>(entries: WireEntries, trail: Trail, forms: Forms<T>): [string, T][] {
  return Object.entries(entries).map(([key, item]) => {
    if (key === "__proto__") throw refuse([...trail, key], "uses the reserved key __proto__");
    return [key, readItem(item, key, trail, forms)];
  });
}

function readItem<T>(item: WireValue, step: string | number, trail: Trail, forms: Forms<T>): T {
  trail.push(step);
  const form = read(item, trail, forms);
  trail.pop();
  return form;
}

const refuse = (trail: Trail, problem: string) => refuseMessage(formatTrail(trail), problem);

const formatTrail = ([first = "value", ...rest]: Trail): string =>
  rest.reduce<string>((path, step) => (typeof step === "number" ? `${path}[${step}]` : `${path}.${step}`), `${first}`);
