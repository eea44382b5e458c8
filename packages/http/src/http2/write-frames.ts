import type { Output } from "../output.ts";
import { flag, frameHeadBytes, frameType } from "./protocol.ts";

/** Writes the nine bytes that every frame begins with (RFC 9113, section 4.1). */
export function writeFrameHead(
  target: Buffer,
  at: number,
  length: number,
  type: number,
  flags: number,
  streamId: number,
): void {
  target.writeUInt32BE(((length << 8) | type) >>> 0, at);
  target.writeUInt8(flags, at + 4);
  target.writeUInt32BE(streamId, at + 5);
}

/** Sends the head of a frame; its payload follows by whatever way. */
export function sendFrameHead(output: Output, length: number, type: number, flags: number, streamId: number): void {
  const room = output.room(frameHeadBytes);
  writeFrameHead(room, output.at, length, type, flags, streamId);
  output.advance(output.at + frameHeadBytes);
}

/** Sends a number of four bytes, as part of a payload. */
export function sendNumber(output: Output, value: number): void {
  const room = output.room(4);
  output.advance(room.writeUInt32BE(value, output.at));
}

/**
 * Lets the client send more, on a stream or, with 0, on all of them. It goes out at once: whoever sends that much waits for it, and
 * the end of the turn may be megabytes away.
 */
export function sendWindowUpdate(output: Output, streamId: number, bytes: number): void {
  sendFrameHead(output, 4, frameType.windowUpdate, 0, streamId);
  sendNumber(output, bytes);
  output.flush();
}

/** Sends data in as many frames as it takes, one where there is none. */
export function sendData(
  output: Output,
  streamId: number,
  bytes: Uint8Array,
  isLast: boolean,
  maxFrameBytes: number,
): void {
  let at = 0;
  do {
    const end = Math.min(at + maxFrameBytes, bytes.length);
    const flags = isLast && end === bytes.length ? flag.endStream : 0;
    sendFrameHead(output, end - at, frameType.data, flags, streamId);
    output.add(at === 0 && end === bytes.length ? bytes : bytes.subarray(at, end));
    at = end;
  } while (at < bytes.length);
}

/** Ends a stream. */
export function sendReset(output: Output, streamId: number, code: number): void {
  sendFrameHead(output, 4, frameType.resetStream, 0, streamId);
  sendNumber(output, code);
}
