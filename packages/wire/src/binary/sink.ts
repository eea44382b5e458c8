import { giveUp } from "./unusual.ts";

// Where generated codecs write. Bytes are written from the last to the first, so that the length of what is nested is known by the time
// that it is written, and nothing is measured beforehand or moved afterwards. Small messages stay where they were written, one in front of
// the other: to allocate a buffer costs more than to encode most of them.

/** The size of the buffers that small messages share. */
const sharedBytes = 16 * 1024;

/** Bytes up to which a message is small. */
const smallBytes = 2 * 1024;

/** Bytes that any field takes beside what it holds: its tag, and a length or number. */
const fieldBytes = 16;

/** Characters up to which text is copied one by one, which costs less than asking for it to be encoded. */
const shortText = 64;

const encoder = new TextEncoder();

/** What small messages share: free up to `sharedEnd`. */
let shared = new Uint8Array(sharedBytes);
let sharedView = new DataView(shared.buffer);
let sharedEnd = sharedBytes;

/** What is written to: what is shared, or for a large message more than that. */
let buffer = shared;
let view = sharedView;
/** Where the message begins, as far as it is written, and where it ends. */
let at = sharedEnd;
let end = sharedEnd;
/** Bytes from which on a field is left to protobuf-es. */
let limit = Number.POSITIVE_INFINITY;

/** Starts a message, of which no field of bytes may be as long as `limitBytes`. */
export function begin(limitBytes: number): void {
  buffer = shared;
  view = sharedView;
  at = sharedEnd;
  end = sharedEnd;
  limit = limitBytes;
}

/** Ends a message and gives its bytes, which nobody writes to any more. Those of small messages are parts of one buffer. */
export function finish(): Uint8Array<ArrayBuffer> {
  if (buffer !== shared) {
    const bytes = buffer.slice(at, end);
    buffer = shared;
    return bytes;
  }
  if (end - at > smallBytes) return buffer.slice(at, end);
  sharedEnd = at;
  return buffer.subarray(at, end);
}

/** Bytes written so far. */
export const size = (): number => end - at;

/** Makes room for so many more bytes in front. */
function grow(needed: number): void {
  const length = end - at;
  const isSmall = length + needed <= smallBytes;
  const larger = new Uint8Array(isSmall ? sharedBytes : 2 * (length + needed));
  larger.set(buffer.subarray(at, end), larger.length - length);
  end = larger.length;
  at = end - length;
  buffer = larger;
  view = new DataView(larger.buffer);
  if (!isSmall) return;
  shared = larger;
  sharedView = view;
  sharedEnd = end;
}

function varint(low: number, high: number): void {
  if (high === 0 && low < 0x80) {
    buffer[--at] = low;
    return;
  }
  const bits = high === 0 ? 32 - Math.clz32(low) : 64 - Math.clz32(high);
  const count = ((bits + 6) / 7) | 0;
  at -= count;
  const last = at + count - 1;
  for (let to = at; to < last; to++) {
    buffer[to] = (low & 0x7f) | 0x80;
    low = (low >>> 7) | (high << 25);
    high >>>= 7;
  }
  buffer[last] = low & 0x7f;
}

/** Ends what is nested: says how long what was written since is, for a field of this tag. `before` is the size that it began at. */
export function nested(tag: number, before: number): void {
  if (at < fieldBytes) grow(fieldBytes);
  varint(end - at - before, 0);
  varint(tag, 0);
}

/** Writes text; what is ill-formed is replaced as an encoder does. */
export function text(tag: number, value: string): void {
  const before = size();
  textItem(value);
  nested(tag, before);
}

function textItem(value: string): void {
  if (typeof value !== "string") giveUp();
  const { length } = value;
  if (at < length + fieldBytes) grow(length + fieldBytes);
  if (length > shortText) {
    longText(value);
    return;
  }
  const start = at - length;
  for (let i = 0; i < length; i++) {
    const code = value.charCodeAt(i);
    if (code > 0x7f) {
      longText(value);
      return;
    }
    buffer[start + i] = code;
  }
  at = start;
}

function longText(value: string): void {
  const { length } = value;
  // Nearly all text is ASCII, which takes a byte for each character.
  const narrow = encoder.encodeInto(value, buffer.subarray(at - length, at));
  if (narrow.read === length && narrow.written === length) {
    at -= length;
    return;
  }
  const most = 3 * length;
  if (at < most + fieldBytes) grow(most + fieldBytes);
  const start = at - most;
  const { written: count } = encoder.encodeInto(value, buffer.subarray(start, at));
  buffer.copyWithin(at - count, start, start + count);
  at -= count;
}

/** Writes bytes, unless they are as many as the limit. */
export function bytes(tag: number, value: Uint8Array): void {
  if (!(value instanceof Uint8Array) || value.length >= limit) giveUp();
  const { length } = value;
  if (at < length + fieldBytes) grow(length + fieldBytes);
  at -= length;
  buffer.set(value, at);
  varint(length, 0);
  varint(tag, 0);
}

/** Writes a truth value. */
export function bool(tag: number, value: boolean): void {
  boolItem(value);
  varint(tag, 0);
}

/** Writes a truth value without its tag. */
export function boolItem(value: boolean): void {
  if (typeof value !== "boolean") giveUp();
  if (at < fieldBytes) grow(fieldBytes);
  buffer[--at] = value ? 1 : 0;
}

/** Writes a float of 64 bits. */
export function double(tag: number, value: number): void {
  doubleItem(value);
  varint(tag, 0);
}

/** Writes a float of 64 bits without its tag. */
export function doubleItem(value: number): void {
  if (typeof value !== "number") giveUp();
  if (at < fieldBytes) grow(fieldBytes);
  at -= 8;
  view.setFloat64(at, value, true);
}

/** Writes an unsigned integer of 32 bits. */
export function uint32(tag: number, value: number): void {
  // Neither a fraction nor what is no number is its own lowest 32 bits.
  if (value >>> 0 !== value) giveUp();
  if (at < fieldBytes) grow(fieldBytes);
  varint(value, 0);
  varint(tag, 0);
}

/** Writes a signed integer of 32 bits, or an enum. */
export function int32(tag: number, value: number): void {
  int32Item(value);
  varint(tag, 0);
}

/** Writes a signed integer of 32 bits, or an enum, without its tag. */
export function int32Item(value: number): void {
  if ((value | 0) !== value) giveUp();
  if (at < fieldBytes) grow(fieldBytes);
  // What is negative is written as 64 bits.
  varint(value >>> 0, value < 0 ? 0xffffffff : 0);
}

/** Writes an unsigned integer of 64 bits. */
export function uint64(tag: number, value: bigint): void {
  uint64Item(value);
  varint(tag, 0);
}

/** Writes an unsigned integer of 64 bits without its tag. */
export function uint64Item(value: bigint): void {
  if (typeof value !== "bigint") giveUp();
  const number = Number(value);
  if (number >= 0 && number <= Number.MAX_SAFE_INTEGER) safeInteger(number);
  else if (value < 0n || value > 0xffff_ffff_ffff_ffffn) giveUp();
  else largeInteger(value);
}

/** Writes a signed integer of 64 bits. */
export function int64(tag: number, value: bigint): void {
  if (typeof value !== "bigint") giveUp();
  const number = Number(value);
  if (number >= 0 && number <= Number.MAX_SAFE_INTEGER) safeInteger(number);
  else if (BigInt.asIntN(64, value) !== value) giveUp();
  else largeInteger(BigInt.asUintN(64, value));
  varint(tag, 0);
}

function safeInteger(value: number): void {
  if (at < fieldBytes) grow(fieldBytes);
  varint(value >>> 0, (value / 0x1_0000_0000) >>> 0);
}

function largeInteger(value: bigint): void {
  if (at < fieldBytes) grow(fieldBytes);
  varint(Number(value & 0xffff_ffffn), Number(value >> 32n));
}

/** Writes fields that came with a message and that its schema does not know, as they came. */
export function unknown(fields: readonly { no: number; wireType: number; data: Uint8Array }[]): void {
  for (let i = fields.length - 1; i >= 0; i--) {
    const { no, wireType, data } = fields[i] as (typeof fields)[number];
    if (at < data.length + fieldBytes) grow(data.length + fieldBytes);
    at -= data.length;
    buffer.set(data, at);
    varint(((no << 3) | wireType) >>> 0, 0);
  }
}
