import { type Bytes, byteLengthOf, joined } from "@trimtab/log";
import { inlineBytes, maxChunkBytes } from "./cut.ts";

/** Large data that came in parts, cut so that each section is to be a chunk. */
export interface Sectioned {
  /** One after the other; where sections begin and end says `sections`. */
  readonly parts: readonly Uint8Array[];
  /** Bytes of each section. */
  readonly sections: readonly number[];
  /** Bytes of all. */
  readonly bytes: number;
}

/** Parts from this size on are chunks of their own, so that what is the same elsewhere is found to be. */
const ownChunkBytes = 64 << 10;

/**
 * Cuts data that came in parts: a large part by itself, from where it begins, and what is small between large ones together. The
 * same part so gives the same chunks wherever it stands, for which its bytes need not be looked at. Data of one part is that part,
 * and small data is put together.
 */
export function toSectioned(bytes: Bytes): Uint8Array | Sectioned {
  if (bytes instanceof Uint8Array) return bytes;
  const sum = byteLengthOf(bytes);
  if (bytes.length < 2 || sum <= inlineBytes) return joined(bytes);
  const sections: number[] = [];
  let small = 0;
  const endSmall = () => {
    if (small > 0) sections.push(small);
    small = 0;
  };
  for (const { length } of bytes) {
    if (length >= ownChunkBytes || small + length > maxChunkBytes) endSmall();
    if (length < ownChunkBytes) {
      small += length;
      continue;
    }
    for (let left = length; left > 0; left -= maxChunkBytes) sections.push(Math.min(left, maxChunkBytes));
  }
  endSmall();
  return { parts: bytes, sections, bytes: sum };
}
