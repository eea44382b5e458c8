import { isInt64, maxPayloadDepth, type Value } from "@trimtab/core";
import { CelMap } from "./cel-map.ts";
import { type Cel, Duration, Failure, fail, isList, shownType, Timestamp, typeOf, Uint } from "./cel-value.ts";
import { charge, copyCost, type Frame } from "./frame.ts";
import { ArrayView } from "./payload-view.ts";
import { formatDuration, formatTimestamp } from "./time.ts";

/**
 * Turns what an expression gave into plain data: integers become `bigint`, so that they stay apart from floats;
 * moments and durations become text. Everything in it is paid for, since one text may be in many places of a result.
 */
export function toValue(frame: Frame, value: Cel, depth = 0): Value | Failure {
  if (typeof value === "string") charge(frame, copyCost(value.length));
  if (typeof value !== "object" || value === null) return value;
  if (depth > maxPayloadDepth) return fail(`the result is nested deeper than ${maxPayloadDepth} levels`);
  charge(frame, 1);
  if (value instanceof Uint) {
    return isInt64(value.value) ? value.value : fail(`${value.value} does not fit a signed 64-bit integer`);
  }
  if (value instanceof Uint8Array) return copyOf(frame, value);
  if (value instanceof ArrayView) {
    charge(frame, copyCost(value.array.data.length));
    return value.array;
  }
  if (isList(value)) return toItems(frame, value, depth);
  if (value instanceof CelMap) return toRecord(frame, value, depth);
  if (value instanceof Timestamp) return formatTimestamp(value);
  return value instanceof Duration ? formatDuration(value) : fail(`a ${shownType(typeOf(value))} is no plain data`);
}

function copyOf(frame: Frame, bytes: Uint8Array): Uint8Array {
  charge(frame, copyCost(bytes.length));
  return bytes.slice();
}

function toItems(frame: Frame, list: { length: number; at(index: number): Cel | undefined }, depth: number) {
  const items: Value[] = [];
  for (let i = 0; i < list.length; i++) {
    charge(frame, 1);
    const item = toValue(frame, list.at(i) ?? null, depth + 1);
    if (item instanceof Failure) return item;
    items.push(item);
  }
  return items;
}

function toRecord(frame: Frame, map: CelMap, depth: number): Value | Failure {
  const entries: [string, Value][] = [];
  for (const key of map.keys()) {
    charge(frame, 1);
    if (typeof key !== "string") return fail(`a map with a ${shownType(typeOf(key))} as a key is no plain data`);
    if (key === "__proto__") return fail("a map with the reserved key __proto__ is no plain data");
    const item = toValue(frame, map.get(key) ?? null, depth + 1);
    if (item instanceof Failure) return item;
    entries.push([key, item]);
  }
  return Object.fromEntries(entries);
}
