import { hash } from "node:crypto";

/** Data up to this size is stored where it stands; larger data is cut into chunks. */
export const inlineBytes = 128 << 10;

const minChunkBytes = 64 << 10;
/** No chunk is larger. */
export const maxChunkBytes = 1 << 20;

/** A chunk ends where the highest so many bits of the rolling hash are zero: 256 KiB on average beyond the least size. */
const boundaryShift = 32 - 18;

/** A number for each byte, from a fixed text: the same content is cut in the same places by every version. */
const gear = createGear();

/**
 * Cuts data into chunks at places that depend on the content around them and on nothing else, so that the same content
 * gives the same chunks wherever in the data it stands. This is content-defined chunking with a gear hash, as described
 * by Xia et al., "FastCDC" (USENIX ATC 2016). The chunks are views on the data.
 */
export function cut(data: Uint8Array): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let start = 0; start < data.length; ) {
    const end = endOfChunk(data, start);
    chunks.push(data.subarray(start, end));
    start = end;
  }
  return chunks;
}

function endOfChunk(data: Uint8Array, start: number): number {
  const last = Math.min(start + maxChunkBytes, data.length);
  let rolling = 0;
  for (let at = start + minChunkBytes; at < last; at++) {
    rolling = ((rolling << 1) + (gear[data[at] ?? 0] ?? 0)) | 0;
    if (rolling >>> boundaryShift === 0) return at + 1;
  }
  return last;
}

function createGear(): Int32Array {
  return Int32Array.from({ length: 256 }, (_, byte) => hash("sha256", `trimtab ${byte}`, "buffer").readInt32LE(0));
}
