import { writeInteger } from "./integer.ts";
import { staticFields } from "./static-table.ts";

/** Longer than this, one native call is quicker than a loop. */
const LOOPED_CHARS = 12;

/** The first index of each name in the static table. */
const indexOfName = new Map(staticFields.map(({ name }, i) => [name, i + 1] as const).reverse());

/** A first byte and at most 4 more of each of the two lengths, which are below 2^28. */
const MAX_HEAD_BYTES = 11;

/** Gives a number of bytes that a field surely does not exceed when {@link writeField} writes it. */
export const fieldBytes = (name: string, value: string): number => name.length + value.length + MAX_HEAD_BYTES;

/**
 * Writes a field of a header block, and gives where it ends: by its index where the static table has all of it, else as a
 * literal without indexing (RFC 7541, 6.1 and 6.2.2), not Huffman-coded: both sides of a connection that is not slow are quicker
 * so, and there is no state that the peer has to follow.
 *
 * @param target has room for {@link fieldBytes} from `at` on
 * @param name in lower case (RFC 9113, 8.2)
 * @param value is written as latin1. Of a character beyond U+00FF only the low 8 bits are left, which may be those of a line
 * feed: whoever takes values from others refuses those characters as RFC 9113, 8.2.1 has it of CR, LF and NUL
 */
export function writeField(target: Buffer, at: number, name: string, value: string): number {
  const index = indexOfName.get(name);
  if (index === undefined) {
    target[at] = 0;
    return writeText(target, writeText(target, at + 1, name), value);
  }
  for (let i = index; staticFields[i - 1]?.name === name; i++) {
    if (staticFields[i - 1]?.value !== value) continue;
    target[at] = 0x80 | i;
    return at + 1;
  }
  return writeText(target, writeInteger(target, at, { flags: 0, prefix: 0x0f, value: index }), value);
}

/**
 * Writes an update of the dynamic table's size, and gives where it ends, at most 6 bytes further (RFC 7541, 6.3). What
 * {@link writeField} writes never uses that table; a first block that begins with an update to 0 says so, and whatever
 * SETTINGS_HEADER_TABLE_SIZE the peer sends from then on needs no answer.
 */
export function writeTableSizeUpdate(target: Buffer, at: number, maxTableBytes: number): number {
  return writeInteger(target, at, { flags: 0x20, prefix: 0x1f, value: maxTableBytes });
}

function writeText(target: Buffer, at: number, text: string): number {
  const next = writeInteger(target, at, { flags: 0, prefix: 0x7f, value: text.length });
  if (text.length > LOOPED_CHARS) return next + target.write(text, next, "latin1");
  for (let i = 0; i < text.length; i++) target[next + i] = text.charCodeAt(i);
  return next + text.length;
}
