import { CelMap } from "./cel-map.ts";
import { type Cel, type CelList, Duration, isList, Timestamp, TypeValue } from "./cel-value.ts";
import { charge, copyCost, type Frame } from "./frame.ts";
import { compareBytes, compareNumbers, numberOf } from "./order.ts";

/**
 * CEL's equality: numbers are compared by value whatever their types, other values of different types are different,
 * and `NaN` equals nothing.
 */
export function equals(frame: Frame, a: Cel, b: Cel): boolean {
  if (typeof a !== "object" && typeof a === typeof b) {
    if (typeof a === "string" && a.length > 64) charge(frame, copyCost(a.length));
    return a === b;
  }
  if (a === null || b === null) return a === b;
  const isNumber = numberOf(a) !== undefined;
  if (isNumber || numberOf(b) !== undefined) return isNumber && compareNumbers(a, b) === 0;
  if (isList(a)) return isList(b) && listsEqual(frame, a, b);
  if (a instanceof CelMap) return b instanceof CelMap && mapsEqual(frame, a, b);
  if (a instanceof Uint8Array) return b instanceof Uint8Array && compareBytes(frame, a, b) === 0;
  if (a instanceof Timestamp) return b instanceof Timestamp && a.nanos === b.nanos;
  if (a instanceof Duration) return b instanceof Duration && a.nanos === b.nanos;
  if (a instanceof TypeValue) return b instanceof TypeValue && a.name === b.name;
  return false;
}

function listsEqual(frame: Frame, a: CelList, b: CelList): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) {
    charge(frame, 1);
    if (!equals(frame, a.at(i) ?? null, b.at(i) ?? null)) return false;
  }
  return true;
}

function mapsEqual(frame: Frame, a: CelMap, b: CelMap): boolean {
  if (a.size !== b.size) return false;
  for (const key of a.keys()) {
    charge(frame, 2);
    const other = b.get(key);
    if (other === undefined || !equals(frame, a.get(key) ?? null, other)) return false;
  }
  return true;
}
