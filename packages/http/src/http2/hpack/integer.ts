import { HpackError } from "./hpack-error.ts";

/** How many bits of what {@link readInteger} gives are the number of bytes that were read. */
export const INTEGER_SHIFT = 3;

/** Those bits: what `readInteger(…) & INTEGER_BYTES` gives is how far to go on. */
export const INTEGER_BYTES = (1 << INTEGER_SHIFT) - 1;

const MAX_BITS = 28;
const MAX_CONTINUATION_BYTES = 5;

/**
 * Reads an integer whose first byte has it in the bits of `prefix` (RFC 7541, 5.1), and gives it in one number together with
 * how many bytes it takes: `value << INTEGER_SHIFT | bytes`.
 *
 * @param prefix a mask of the first byte's low bits: 0x0f, 0x1f, 0x3f or 0x7f
 * @throws HpackError where the block ends within it, where it is 2^28 or more, and where more than 5 bytes follow the first
 */
export function readInteger(block: Buffer, at: number, prefix: number): number {
  if (at >= block.length) throw new HpackError("the block ends where an integer begins");
  const low = (block[at] as number) & prefix;
  return low < prefix ? (low << INTEGER_SHIFT) | 1 : readContinued(block, at, prefix);
}

function readContinued(block: Buffer, at: number, prefix: number): number {
  let value = prefix;
  for (let i = 1; i <= MAX_CONTINUATION_BYTES; i++) {
    const byte = block[at + i];
    if (byte === undefined) throw new HpackError("the block ends within an integer");
    value += (byte & 0x7f) * 2 ** (7 * (i - 1));
    if (value >= 2 ** MAX_BITS) throw new HpackError("an integer is 2^28 or more");
    if (byte < 0x80) return (value << INTEGER_SHIFT) | (i + 1);
  }
  throw new HpackError("an integer has more than 5 bytes after its first");
}

/**
 * Writes an integer into the bits of `prefix` and as many bytes after it as it needs (RFC 7541, 5.1), and gives where it ends.
 *
 * @param flags the first byte's other bits
 * @param value below 2^28, so that at most 5 bytes are written
 */
export function writeInteger(target: Buffer, at: number, { flags, prefix, value }: IntegerToWrite): number {
  if (value < prefix) {
    target[at] = flags | value;
    return at + 1;
  }
  target[at] = flags | prefix;
  let next = at + 1;
  let rest = value - prefix;
  for (; rest >= 0x80; rest >>>= 7) target[next++] = rest | 0x80;
  target[next++] = rest;
  return next;
}

interface IntegerToWrite {
  readonly flags: number;
  readonly prefix: number;
  readonly value: number;
}
