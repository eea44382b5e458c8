import type { Frame } from "./frames.ts";

/** Cuts whole frames off what has come, and says where the rest begins. */
export function cutFrames(bytes: Buffer, frames: Frame[]): number {
  let at = 0;
  while (bytes.length - at >= 9) {
    const end = at + 9 + bytes.readUIntBE(at, 3);
    if (bytes.length < end) break;
    frames.push({
      type: bytes.readUInt8(at + 3),
      flags: bytes.readUInt8(at + 4),
      streamId: bytes.readUInt32BE(at + 5),
      payload: bytes.subarray(at + 9, end),
    });
    at = end;
  }
  return at;
}
