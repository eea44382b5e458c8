import type { Value, ValueRecord } from "./payload.ts";
import { emptyRecord } from "./variable.ts";

/** Records that are shared at a time; the oldest go first. */
const maxShared = 1024;

/** Length of the text by which a record is found again, beyond which it is too particular to be shared. */
const maxKeyLength = 256;

const records = new Map<string, ValueRecord>();

/**
 * Gives one frozen record for all with the same names and plain values in the same order, where it is a small one; any other as it is.
 * Many variables have the same constraints: they share one object, and with it what types have worked out for it.
 */
export function shareRecord(record: ValueRecord): ValueRecord {
  const key = keyOf(record);
  if (key === "") return emptyRecord;
  if (key === undefined) return record;
  const known = records.get(key);
  if (known !== undefined) return known;
  if (records.size >= maxShared) for (const oldest of records.keys()) if (records.delete(oldest)) break;
  const shared = Object.freeze({ ...record });
  records.set(key, shared);
  return shared;
}

/** A text that only equal records have: each name and text with its length before it. `undefined` where there is none. */
function keyOf(record: ValueRecord): string | undefined {
  let key = "";
  for (const name of Object.keys(record)) {
    const value = textOf(record[name]);
    if (value === undefined) return undefined;
    key += `${name.length}:${name}${value}`;
    if (key.length > maxKeyLength) return undefined;
  }
  return key;
}

function textOf(value: Value | undefined): string | undefined {
  switch (typeof value) {
    case "number":
      return Object.is(value, -0) ? "n-0;" : `n${value};`;
    case "boolean":
      return value ? "t" : "f";
    case "bigint":
      return `i${value};`;
    case "string":
      return value.length > maxKeyLength ? undefined : `s${value.length}:${value}`;
    default:
      return value === null ? "0" : undefined;
  }
}
