import { createHash } from "node:crypto";

/** What an entry is kept as: its bytes, its own hash, and the hash of the entry before it. */
export interface SealedEntry {
  /** The hash of the entry before; zeros for the first that ever was. */
  readonly previous: Uint8Array;
  /** SHA-256 over `previous` and the entry. */
  readonly hash: Uint8Array;
  readonly entry: Uint8Array;
}

/** The first byte of a record: the version of its layout. */
const layout = 1;

const hashBytes = 32;
const headBytes = 1 + 2 * hashBytes;

/** What comes before the first entry. */
export const beginning: Uint8Array = new Uint8Array(hashBytes);

/** Ties an entry to the one before it: neither can be changed, taken out or put in without changing every hash from there on. */
export function seal(previous: Uint8Array, entry: Uint8Array): SealedEntry {
  return { previous, hash: hashOf(previous, entry), entry };
}

/** Says whether an entry is what it was sealed as. */
export const isIntact = ({ previous, hash, entry }: SealedEntry): boolean =>
  Buffer.from(hash).equals(hashOf(previous, entry));

/** Puts an entry into the bytes that it is stored as: the layout, the two hashes, and the entry. */
export function encodeSealed({ previous, hash, entry }: SealedEntry): Uint8Array {
  const bytes = new Uint8Array(headBytes + entry.length);
  bytes[0] = layout;
  bytes.set(previous, 1);
  bytes.set(hash, 1 + hashBytes);
  bytes.set(entry, headBytes);
  return bytes;
}

/** Reads what an entry is stored as; `undefined` for bytes that are none. */
export function decodeSealed(bytes: Uint8Array): SealedEntry | undefined {
  if (bytes.length < headBytes || bytes[0] !== layout) return undefined;
  return {
    previous: bytes.subarray(1, 1 + hashBytes),
    hash: bytes.subarray(1 + hashBytes, headBytes),
    entry: bytes.subarray(headBytes),
  };
}

const hashOf = (previous: Uint8Array, entry: Uint8Array): Uint8Array =>
  createHash("sha256").update(previous).update(entry).digest();
