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

/** Puts byte arrays into one buffer and gives up the memory that they are in: one that owns its buffer is not copied. */
export function packOwn(parts: readonly Uint8Array[]): Packed {
  const [only] = parts;
  if (only === undefined || parts.length > 1 || !ownsBuffer(only)) return pack(parts);
  return { lengths: [only.length], bytes: only };
}

const ownsBuffer = (bytes: Uint8Array): bytes is Uint8Array<ArrayBuffer> =>
  bytes.buffer instanceof ArrayBuffer && bytes.length === bytes.buffer.byteLength;

/** Gives the byte arrays back, as views on the buffer. */
export function unpack({ lengths, bytes }: Packed): Uint8Array[] {
  let offset = 0;
  return lengths.map((length) => {
    const part = bytes.subarray(offset, offset + length);
    offset += length;
    return part;
  });
}
