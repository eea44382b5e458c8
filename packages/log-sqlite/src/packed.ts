/** Several byte arrays in one buffer, which crosses threads without being copied again. */
export interface Packed {
  readonly lengths: readonly number[];
  /** All bytes, one array after the other; owns its whole buffer. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Copies byte arrays into one buffer. */
export function pack(parts: readonly Uint8Array[]): Packed {
  let total = 0;
  for (const part of parts) total += part.length;
  const bytes = new Uint8Array(total);
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return { lengths: parts.map((part) => part.length), bytes };
}

/** Gives the byte arrays back, as views on the buffer. */
export function unpack({ lengths, bytes }: Packed): Uint8Array[] {
  let offset = 0;
  return lengths.map((length) => {
    const part = bytes.subarray(offset, offset + length);
    offset += length;
    return part;
  });
}
