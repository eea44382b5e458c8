import { chunkHash } from "./chunk-hash.ts";
import { pack } from "./packed.ts";
import type { Sectioned } from "./sectioned.ts";

/** Data on its way to the writing thread. */
export interface PackedData {
  /** Bytes of each item; of each of its sections, where it has some. */
  readonly lengths: readonly (number | readonly number[])[];
  /** All bytes that do not come through a window, one item after the other; owns its whole buffer. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** A section, which is to be a chunk, and its hash. */
export interface Section {
  readonly chunk: Uint8Array;
  readonly hash: Uint8Array;
}

/** Makes a section of a chunk. */
export const sectionOf = (chunk: Uint8Array): Section => ({ chunk, hash: chunkHash(chunk) });

/** Data of which each section is to be a chunk. They are gone through once; one is there until the next is asked for. */
export interface Sections {
  readonly bytes: number;
  readonly each: Iterable<Section>;
}

/** Copies data into one buffer; what is in sections only where it is not `streamed`. */
export function packData(items: readonly (Uint8Array | Sectioned)[], streamed: boolean): PackedData {
  const lengths = items.map((item) => (item instanceof Uint8Array ? item.length : item.sections));
  const parts = items.flatMap((item) => (item instanceof Uint8Array ? item : streamed ? [] : item.parts));
  return { lengths, bytes: pack(parts).bytes };
}

/** Gives the data back, as views on the buffer, or as `receive` gives its sections. */
export function unpackData(
  { lengths, bytes }: PackedData,
  receive?: (sections: readonly number[]) => Iterable<Section>,
): (Uint8Array | Sections)[] {
  let offset = 0;
  const take = (length: number): Uint8Array => {
    offset += length;
    return bytes.subarray(offset - length, offset);
  };
  return lengths.map((length) =>
    typeof length === "number"
      ? take(length)
      : {
          bytes: length.reduce((sum, each) => sum + each, 0),
          each: receive?.(length) ?? length.map(take).values().map(sectionOf),
        },
  );
}
