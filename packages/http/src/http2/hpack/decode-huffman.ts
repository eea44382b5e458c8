import { HpackError } from "./hpack-error.ts";
import { EOS, huffmanCodes } from "./huffman-code.ts";

/** How many bits are looked up at once: enough for two of the common symbols, few enough that the table stays in the cache. */
const LOOKUP_BITS = 12;

/**
 * What each sequence of LOOKUP_BITS bits begins with: the first symbol in bits 0 to 7, the second in 8 to 15, the length of
 * both codes together in 16 to 19, that of the first in 20 to 23, and in 24 and 25 how many symbols there are: 0 where the first
 * code is longer than what was looked up.
 */
const lookup = createLookup();

function createLookup(): Int32Array {
  const firsts = new Int32Array(1 << LOOKUP_BITS);
  for (const [symbol, { bits, length }] of huffmanCodes.entries()) {
    const free = LOOKUP_BITS - length;
    if (free >= 0) firsts.fill((length << 8) | symbol, bits << free, (bits + 1) << free);
  }
  return firsts.map((first, index) => {
    const length = first >> 8;
    if (length === 0) return 0;
    const second = firsts[(index << length) & (firsts.length - 1)] ?? 0;
    const together = length + (second >> 8);
    const entry = (first & 0xff) | (length << 20);
    const hasTwo = second !== 0 && together <= LOOKUP_BITS;
    return hasTwo ? entry | ((second & 0xff) << 8) | (together << 16) | (2 << 24) : entry | (length << 16) | (1 << 24);
  });
}

/** For each length that is too long to be looked up: the first code that has it, and the symbols of this one and the next ones. */
const longCodes = createLongCodes();

function createLongCodes(): readonly LongCodes[] {
  const groups = new Map<number, { first: number; symbols: number[] }>();
  for (const [symbol, { bits, length }] of huffmanCodes.entries()) {
    if (length <= LOOKUP_BITS) continue;
    const group = groups.get(length);
    if (group) group.symbols.push(symbol);
    else groups.set(length, { first: bits, symbols: [symbol] });
  }
  return [...groups].map(([length, group]) => ({ length, ...group })).sort((a, b) => a.length - b.length);
}

interface LongCodes {
  readonly length: number;
  readonly first: number;
  readonly symbols: readonly number[];
}

const SCRATCH_BYTES = 4096;
const scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES);

/** No code is shorter than 5 bits; and two symbols are written even where one counts. */
const mostDecoded = (bytes: number) => Math.floor((bytes * 8) / 5) + 2;

/**
 * Decodes the string that is Huffman-coded in a part of a block (RFC 7541, 5.2); one character is one byte. It is at most 8/5
 * as long as what is decoded.
 *
 * @throws HpackError where EOS is in it, and where what is after the last symbol is longer than 7 bits or not all ones
 */
export function decodeHuffman(block: Buffer, start: number, end: number): string {
  const most = mostDecoded(end - start);
  // A large string gets room of its own, which leaves with it.
  const target = most <= SCRATCH_BYTES ? scratch : Buffer.allocUnsafeSlow(most);
  return target.toString("latin1", 0, decodeInto(target, block, start, end));
}

/** Decodes to the beginning of `target`, and gives how many bytes there are then. */
function decodeInto(target: Buffer, block: Buffer, start: number, end: number): number {
  let at = start;
  let length = 0;
  // The `count` low bits of `bits` are those that were read and not yet used.
  let bits = 0;
  let count = 0;
  for (;;) {
    if (count < LOOKUP_BITS) {
      if (at + 1 < end) {
        bits = (bits << 16) | ((block[at] as number) << 8) | (block[at + 1] as number);
        at += 2;
        count += 16;
      } else if (at < end) {
        bits = (bits << 8) | (block[at++] as number);
        count += 8;
      }
      if (count < LOOKUP_BITS) return decodeRest(target, length, bits, count);
    }
    const entry = lookup[(bits >>> (count - LOOKUP_BITS)) & ((1 << LOOKUP_BITS) - 1)] as number;
    if (entry === 0) {
      const long = findLong(block, at * 8 - count, end * 8);
      target[length++] = long.symbol;
      // Whole bytes that the code reached into are skipped; the rest of the last one is what is left.
      at = Math.ceil(long.end / 8);
      count = at * 8 - long.end;
      bits = block[at - 1] as number;
    } else {
      target[length] = entry;
      target[length + 1] = entry >> 8;
      length += entry >>> 24;
      count -= (entry >>> 16) & 0xf;
    }
  }
}

/** Decodes the last bits, fewer than are looked up at once, and refuses what pads them (RFC 7541, 5.2). */
function decodeRest(target: Buffer, lengthBefore: number, bits: number, bitCount: number): number {
  let length = lengthBefore;
  let count = bitCount;
  for (;;) {
    const ones = (1 << (LOOKUP_BITS - count)) - 1;
    const entry = lookup[((bits << (LOOKUP_BITS - count)) | ones) & ((1 << LOOKUP_BITS) - 1)] as number;
    const used = (entry >>> 20) & 0xf;
    if (used === 0 || used > count) break;
    target[length++] = entry;
    count -= used;
  }
  const all = (1 << count) - 1;
  if (count > 7 || (bits & all) !== all) throw new HpackError("a Huffman-coded string is not padded as it must be");
  return length;
}

/** Finds the symbol of a code that is longer than what is looked up, by the first bit of it; and the bit after it. */
function findLong(block: Buffer, bitAt: number, bitEnd: number): { symbol: number; end: number } {
  const at = bitAt >> 3;
  // 40 bits from the byte that it begins in: a code has at most 30, and 7 may be before it.
  let window = 0;
  for (let i = 0; i < 5; i++) window = window * 256 + (block[at + i] ?? 0);
  const from = 40 - (bitAt & 7);
  for (const { length, first, symbols } of longCodes) {
    const code = Math.floor(window / 2 ** (from - length)) % 2 ** length;
    const symbol = symbols[code - first];
    if (symbol === undefined) continue;
    if (bitAt + length > bitEnd) break;
    if (symbol === EOS) throw new HpackError("a Huffman-coded string has EOS in it");
    return { symbol, end: bitAt + length };
  }
  throw new HpackError("a Huffman-coded string is not padded as it must be");
}
