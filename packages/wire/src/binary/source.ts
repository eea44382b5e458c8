import { giveUp } from "./unusual.ts";

// Where generated codecs read from: one message at a time. They read what is usual, strictly within its bounds.

/** Messages within messages that are read, as protobuf-es has it unless told otherwise. */
const mostDepth = 100;

/** Characters up to which text is read one by one, which costs less than asking for it to be decoded. */
const shortText = 32;

/**
 * Short texts that were read lately, each at the place that its hash says, the newer in place of the older. Sessions, names, types and keys come
 * over and over: comparing costs less than making a string, and one that was used as a key before has its hash.
 */
const recentTexts = 1024;
const recent = new Array<string>(recentTexts).fill("");

// Text must be valid, and what looks like a byte-order mark is text.
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const nothing: Uint8Array = new Uint8Array();
const scratch = new Uint8Array(8);
const scratchView = new DataView(scratch.buffer);

let from = nothing;
let at = 0;
/** Where the message, list or entry that is being read ends. */
let limit = 0;
let depth = 0;
/** The upper 32 bits of the integer read last. */
let high = 0;

/** Reads a message from all of some bytes. */
export function readAll<T>(message: Uint8Array, read: (outer: number) => T): T {
  from = message;
  at = 0;
  limit = message.length;
  depth = 1;
  try {
    return read(limit);
  } finally {
    from = nothing;
  }
}

/** Whether there is more of what is being read. */
export const hasMore = (): boolean => at < limit;

/** Goes into what is nested, and gives where what is around it ends. */
export function enter(): number {
  const length = varint32();
  const outer = limit;
  if (at + length > outer) giveUp();
  limit = at + length;
  return outer;
}

/** Goes into a message, and gives where what is around it ends. */
export function enterMessage(): number {
  if (++depth > mostDepth) giveUp();
  return enter();
}

/** Goes back out of what is nested, all of which was read. */
export function leave(outer: number): void {
  limit = outer;
}

/** Goes back out of a message. */
export function leaveMessage(outer: number): void {
  depth--;
  leave(outer);
}

/** Reads the next field's number and form. */
export function tag(): number {
  const first = from[at] as number;
  if (first > 0x7f) return varint32();
  at++;
  return first;
}

/** A number of 32 bits in more bytes than it needs is unusual even where what is too much is zero. */
function varint32(): number {
  const begin = at;
  const low = varint();
  if (high !== 0 || at - begin > 5) giveUp();
  return low;
}

/** Reads a varint: gives its lower 32 bits and leaves the upper ones in {@link high}. */
function varint(): number {
  high = 0;
  let byte = next();
  if (byte < 0x80) return byte;
  let low = byte & 0x7f;
  for (let shift = 7; shift < 28; shift += 7) {
    byte = next();
    low |= (byte & 0x7f) << shift;
    if (byte < 0x80) return low;
  }
  byte = next();
  low = (low | (byte << 28)) >>> 0;
  high = (byte & 0x7f) >>> 4;
  for (let shift = 3; byte > 0x7f; shift += 7) {
    if (shift > 31) giveUp();
    byte = next();
    high = (high | ((byte & 0x7f) << shift)) >>> 0;
  }
  return low;
}

function next(): number {
  if (at >= limit) giveUp();
  return from[at++] as number;
}

/** Reads text, which must be valid. */
export function text(): string {
  const length = varint32();
  const start = at;
  const stop = start + length;
  if (stop > limit) giveUp();
  at = stop;
  if (length > shortText) return decoder.decode(from.subarray(start, stop));
  let hash = length;
  let all = 0;
  for (let i = start; i < stop; i++) {
    const code = from[i] as number;
    all |= code;
    hash = (Math.imul(hash, 31) + code) | 0;
  }
  if (all > 0x7f) return decoder.decode(from.subarray(start, stop));
  const place = (hash ^ (hash >>> 15)) & (recentTexts - 1);
  const known = recent[place] as string;
  if (isTextAt(known, start, length)) return known;
  const codes = new Array<number>(length);
  for (let i = 0; i < length; i++) codes[i] = from[start + i] as number;
  const fresh = String.fromCharCode.apply(undefined, codes);
  recent[place] = fresh;
  return fresh;
}

function isTextAt(known: string, start: number, length: number): boolean {
  if (known.length !== length) return false;
  for (let i = 0; i < length; i++) if (known.charCodeAt(i) !== from[start + i]) return false;
  return true;
}

/** Reads bytes: a view of what they are read from. */
export function bytes(): Uint8Array<ArrayBuffer> {
  const length = varint32();
  const start = at;
  if (start + length > limit) giveUp();
  at = start + length;
  return from.subarray(start, at) as Uint8Array<ArrayBuffer>;
}

/** Reads a truth value. */
export function bool(): boolean {
  const byte = next();
  if (byte > 1) giveUp();
  return byte === 1;
}

/** Reads a float of 64 bits. */
export function double(): number {
  if (at + 8 > limit) giveUp();
  for (let i = 0; i < 8; i++) scratch[i] = from[at + i] as number;
  at += 8;
  return scratchView.getFloat64(0, true);
}

/** Reads an unsigned integer of 32 bits; what is longer is cut. */
export const uint32 = (): number => varint();

/** Reads a signed integer of 32 bits, or an enum; what is longer is cut. */
export const int32 = (): number => varint() | 0;

/** Reads an unsigned integer of 64 bits. */
export function uint64(): bigint {
  const low = varint();
  if (high === 0 && low < small.length) return small[low] as bigint;
  scratchView.setUint32(0, low, true);
  scratchView.setUint32(4, high, true);
  return scratchView.getBigUint64(0, true);
}

/** Reads a signed integer of 64 bits. */
export function int64(): bigint {
  const low = varint();
  if (high === 0 && low < small.length) return small[low] as bigint;
  scratchView.setUint32(0, low, true);
  scratchView.setUint32(4, high, true);
  return scratchView.getBigInt64(0, true);
}

/** Versions and revisions, of which most are small: a bigint is an object that would be made each time. */
const small = Array.from({ length: 1024 }, (_, number) => BigInt(number));

/** Puts an entry into a map; of two with one key the latter holds. */
export function put<V>(entries: { [key: string]: V }, key: string, value: V | undefined): void {
  if (value === undefined || key === "__proto__") giveUp();
  else entries[key] = value;
}
