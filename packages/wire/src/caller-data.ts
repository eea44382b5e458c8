import type { Timestamp } from "@bufbuild/protobuf/wkt";
import { checkTime, checkWhole, StoreError, toPayload, UnsupportedValueError } from "@trimtab/core";
import type { Value as WireValue } from "./gen/trimtab/v1/value_pb.ts";
import { refuseMessage } from "./refuse.ts";
import { toTimestamp } from "./time.ts";
import { toWireValue, type WireEntries } from "./value.ts";

/**
 * Puts a value on the wire that nobody has checked yet.
 *
 * @throws StoreError `invalid_argument` naming the path, for data that no payload can hold
 */
export function encodeValue(value: unknown, path: string): WireValue {
  try {
    return toWireValue(toPayload(value, path));
  } catch (error) {
    if (!(error instanceof UnsupportedValueError)) throw refuseMessage(path, "cannot be read as plain data");
    throw refuseMessage(error.path || path, error.message.slice((error.path || "value").length + 1));
  }
}

/**
 * Puts a record on the wire that nobody has checked yet; an absent one is empty.
 *
 * @throws StoreError `invalid_argument` naming the path, for data that no payload can hold or that is no record
 */
export function encodeRecord(record: unknown, path: string): WireEntries {
  if (record === undefined) return {};
  const { kind } = encodeValue(record, path);
  if (kind.case !== "map") throw refuseMessage(path, "must be named values");
  return kind.value.entries;
}

/**
 * Takes text that nobody has checked yet. Protobuf would write a lone surrogate as another character.
 *
 * @throws StoreError `invalid_argument` naming the path, for what is no well-formed text
 */
export function encodeText(text: unknown, path: string): string {
  if (typeof text !== "string") throw refuseMessage(path, `must be text, got ${typeof text}`);
  if (!text.isWellFormed()) throw refuseMessage(path, "is not well-formed Unicode");
  return text;
}

/**
 * Puts a version that nobody has checked yet on the wire.
 *
 * @throws StoreError `invalid_argument` naming the path, for anything but a whole number from 0 to 2^53-1
 */
export function encodeWhole(value: unknown, path: string): bigint {
  const wrong = checkWhole(value, path, 0);
  if (wrong !== undefined) throw new StoreError(wrong);
  return BigInt(value as number);
}

/**
 * Puts a time that nobody has checked yet on the wire.
 *
 * @throws StoreError `invalid_argument` naming the path, for anything but milliseconds that are exact to the microsecond
 */
export function encodeTime(atMs: unknown, path: string): Timestamp {
  const wrong = checkTime(atMs, path);
  if (wrong !== undefined) throw new StoreError(wrong);
  return toTimestamp(atMs as number);
}

/**
 * Takes a choice that nobody has checked yet; an absent one is `false`.
 *
 * @throws StoreError `invalid_argument` naming the path, for anything but true and false
 */
export function encodeFlag(flag: unknown, path: string): boolean {
  if (flag === undefined || typeof flag === "boolean") return flag ?? false;
  throw refuseMessage(path, "must be true or false");
}
