import type { Value, ValueRecord } from "./payload.ts";
import { emptyRecord } from "./variable.ts";

/** Records that are shared at a time, each at the place that its hash says, the newer in place of the older. */
const places = 1024;

/** What a record may hold to be shared: names, and characters of a text. More than that is too particular. */
const maxNames = 8;
const maxText = 64;

const records = new Array<ValueRecord>(places).fill(emptyRecord);

/**
 * Gives one frozen record for all with the same names and plain values in the same order, where it is a small one; any other as it is.
 * Many variables have the same constraints: they share one object, and with it what types have worked out for it.
 */
export function shareRecord(record: ValueRecord): ValueRecord {
  const names = Object.keys(record);
  if (names.length === 0) return emptyRecord;
  if (names.length > maxNames) return record;
  let hash = names.length;
  for (const name of names) {
    const value = record[name];
    if (!isPlain(value)) return record;
    hash = (Math.imul(hash, 31) + hashOf(name)) | 0;
    hash = (Math.imul(hash, 31) + hashOf(value)) | 0;
  }
  const place = (hash ^ (hash >>> 16)) & (places - 1);
  const known = records[place];
  if (known !== undefined && isSame(known, record, names)) return known;
  const shared = Object.freeze({ ...record });
  records[place] = shared;
  return shared;
}

type Plain = null | boolean | number | bigint | string;

const isPlain = (value: Value | undefined): value is Plain =>
  typeof value === "string" ? value.length <= maxText : value === null || typeof value !== "object";

/** Spreads what constraints commonly hold; that much else has the same hash does no harm. */
function hashOf(value: Plain): number {
  switch (typeof value) {
    case "number":
      return (value * 7919) | 0;
    case "string":
      return (value.length << 16) ^ (value.charCodeAt(0) << 8) ^ value.charCodeAt(value.length - 1);
    case "bigint":
      return Number(BigInt.asIntN(32, value));
    default:
      return value === true ? 1 : 2;
  }
}

function isSame(known: ValueRecord, record: ValueRecord, names: readonly string[]): boolean {
  let at = 0;
  for (const name of Object.keys(known)) {
    if (names[at++] !== name || !Object.is(known[name], record[name])) return false;
  }
  return at === names.length;
}
