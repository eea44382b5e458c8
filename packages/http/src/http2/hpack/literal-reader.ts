import { decodeHuffman } from "./decode-huffman.ts";
import { HpackError } from "./hpack-error.ts";
import { INTEGER_BYTES, INTEGER_SHIFT, readInteger } from "./integer.ts";

const SLOTS = 32;

/** How long what is remembered may be, one by one and together, as it is in the block. */
const MAX_BYTES = 1024;
const MAX_BYTES_TOGETHER = 4096;

/** Longer than this, one call to compare natively is quicker than a loop. */
const LOOPED_BYTES = 64;

interface Remembered {
  readonly hash: number;
  readonly isHuffman: boolean;
  readonly bytes: Uint8Array;
  readonly text: string;
}

/** Reads the string literals of one peer's header blocks (RFC 7541, 5.2). */
export interface LiteralReader {
  /** Where the literal ends that was read last. */
  readonly end: number;
  /**
   * Reads the literal that begins at an offset; one character is one byte.
   *
   * @throws HpackError where the block ends within it, and where its Huffman code is not what RFC 7541 allows
   */
  read(block: Buffer, at: number): string;
}

/**
 * Creates a reader that remembers literals which come again, within a few kilobytes: a peer that sends some field with every
 * request without having it indexed (as clients do with paths, lengths and credentials) gets the same string each time, and
 * nothing is decoded. What comes only once is not kept.
 */
export function createLiteralReader(): LiteralReader {
  const slots: (Remembered | undefined)[] = new Array(SLOTS).fill(undefined);
  // The hash that each slot was asked for last: what is asked for twice in a row is worth its place.
  const asked = new Int32Array(SLOTS);
  let bytesTogether = 0;
  let end = 0;

  function remember(literal: Remembered): void {
    const place = literal.hash & (SLOTS - 1);
    bytesTogether += literal.bytes.length - (slots[place]?.bytes.length ?? 0);
    if (bytesTogether > MAX_BYTES_TOGETHER) {
      slots.fill(undefined);
      bytesTogether = literal.bytes.length;
    }
    slots[place] = literal;
  }

  return {
    get end() {
      return end;
    },
    read(block, at) {
      const head = readInteger(block, at, 0x7f);
      const start = at + (head & INTEGER_BYTES);
      const length = head >>> INTEGER_SHIFT;
      end = start + length;
      if (end > block.length) throw new HpackError("the block ends within a string");
      if (length === 0) return "";
      const isHuffman = (block[at] as number) >= 0x80;
      if (length > MAX_BYTES) return decode(block, start, end, isHuffman);
      const hash = hashOf(block, start, end);
      const place = hash & (SLOTS - 1);
      const found = slots[place];
      if (found?.hash === hash && found.isHuffman === isHuffman && isSame(found.bytes, block, start, length))
        return found.text;
      const text = decode(block, start, end, isHuffman);
      if (asked[place] === hash) remember({ hash, isHuffman, bytes: new Uint8Array(block.subarray(start, end)), text });
      else asked[place] = hash;
      return text;
    },
  };
}

const decode = (block: Buffer, start: number, end: number, isHuffman: boolean) =>
  isHuffman ? decodeHuffman(block, start, end) : block.toString("latin1", start, end);

/** Two literals that differ nearly always have different hashes; four bytes at a time, since this is most of the work. */
function hashOf(block: Buffer, start: number, end: number): number {
  let hash = end - start;
  let at = start;
  for (; at + 3 < end; at += 4) {
    const four =
      (block[at] as number) |
      ((block[at + 1] as number) << 8) |
      ((block[at + 2] as number) << 16) |
      ((block[at + 3] as number) << 24);
    hash = Math.imul(hash ^ four, 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  for (; at < end; at++) hash = Math.imul(hash ^ (block[at] as number), 0x9e3779b1);
  return hash ^ (hash >>> 15);
}

function isSame(bytes: Uint8Array, block: Buffer, start: number, length: number): boolean {
  if (bytes.length !== length) return false;
  if (length > LOOPED_BYTES) return block.compare(bytes, 0, length, start, start + length) === 0;
  for (let i = 0; i < length; i++) if (bytes[i] !== block[start + i]) return false;
  return true;
}
