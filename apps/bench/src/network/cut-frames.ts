/** Bytes before the payload of a frame (RFC 9113, section 4.1). */
export const headBytes = 9;

/** The type of a frame of DATA (RFC 9113, section 6.1). */
export const dataType = 0;

/** The flag that says that nothing follows on a stream. */
export const endStream = 1;

/**
 * Makes a function that is given the bytes of a connection as they come and cuts them into frames. DATA is handed on in pieces, none of which
 * is copied; it may not be padded. All other frames are handed on whole.
 */
export function cutFrames(
  onFrame: (kind: number, flags: number, id: number, payload: Buffer) => void,
  onData: (id: number, piece: Buffer, isEnd: boolean) => void,
): (chunk: Buffer) => void {
  let held: Buffer = Buffer.alloc(0);
  let data = { id: 0, left: 0, isLast: false };
  const takeData = (bytes: Buffer, at: number): number => {
    const end = Math.min(at + data.left, bytes.length);
    data.left -= end - at;
    onData(data.id, bytes.subarray(at, end), data.isLast && data.left === 0);
    return end;
  };
  return (chunk) => {
    const bytes = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    let at = data.left > 0 ? takeData(bytes, 0) : 0;
    while (at + headBytes <= bytes.length) {
      const lengthAndType = bytes.readUInt32BE(at);
      const [kind, flags, id] = [lengthAndType & 0xff, bytes.readUInt8(at + 4), bytes.readUInt32BE(at + 5)];
      const [begin, length] = [at + headBytes, lengthAndType >>> 8];
      if (kind === dataType) {
        data = { id, left: length, isLast: (flags & endStream) !== 0 };
        at = takeData(bytes, begin);
      } else if (begin + length > bytes.length) break;
      else {
        onFrame(kind, flags, id, bytes.subarray(begin, begin + length));
        at = begin + length;
      }
    }
    held = bytes.subarray(at);
  };
}
