import { Code, ConnectError } from "@connectrpc/connect";
import type { Exchange } from "../http/exchange.ts";
import { envelopeHeadBytes } from "./envelope.ts";

/** What a request may hold, and who hears of it. */
export interface RequestReader {
  /** The message is in an envelope. */
  readonly isFramed: boolean;
  readonly maxBytes: number;
  /** Bytes that were announced for all of the request, if any were. */
  readonly announcedBytes: number | undefined;
  /** Where large bytes in the message begin, going by its beginning. */
  readonly offsetOfLargeBytes: (head: Uint8Array) => number | undefined;
  readonly onMessage: (bytes: Uint8Array) => void;
  readonly onError: (error: ConnectError) => void;
}

/** Reads the one message of a request; what cannot be right is refused as soon as it shows, and not read on. */
export function readRequest(exchange: Exchange, reader: RequestReader): void {
  const { isFramed, maxBytes, onMessage, onError } = reader;
  const chunks: Buffer[] = [];
  let size = 0;
  let expected = isFramed ? undefined : reader.announcedBytes;
  // Where a large message goes as it comes, so that it is not there twice in the end.
  let room: Buffer | undefined;
  const whole = () => {
    if (room !== undefined) return room.subarray(0, size);
    return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
  };

  const keep = (chunk: Buffer): void => {
    if (room === undefined) chunks.push(chunk);
    else room.set(chunk.subarray(0, room.length - size), size);
    size += chunk.length;
    if (room !== undefined || expected === undefined || expected < largeBytes || size < largeBytes) return;
    const head = Buffer.concat(chunks);
    room = roomFor(expected, head, reader);
    room.set(head.subarray(0, expected));
    chunks.length = 0;
  };

  let isRefused = false;
  const onData = (chunk: Buffer): void => {
    if (isRefused) return;
    keep(chunk);
    try {
      if (!isFramed) refuseBeyond(maxBytes, size, false);
      else if (size >= envelopeHeadBytes) expected ??= readEnvelopeHead(whole(), maxBytes);
      if (expected !== undefined && size > expected) refuseMore(isFramed);
    } catch (error) {
      isRefused = true;
      onError(ConnectError.from(error));
    }
  };
  const onEnd = (): void => {
    if (isRefused) return;
    if (!isFramed) onMessage(whole());
    else if (size === expected) onMessage(whole().subarray(envelopeHeadBytes));
    else onError(brokenOff(size, expected));
  };
  exchange.read({ onData, onEnd });
}

/**
 * Makes room for a large request of which `head` has come. Large bytes in it will lie so that elements of any size can be
 * read where they are.
 */
function roomFor(
  bytes: number,
  head: Buffer,
  { isFramed, offsetOfLargeBytes }: Pick<RequestReader, "isFramed" | "offsetOfLargeBytes">,
): Buffer {
  const before = isFramed ? envelopeHeadBytes : 0;
  const offset = offsetOfLargeBytes(head.subarray(before));
  const shift = offset === undefined ? 0 : (elementBytes - ((before + offset) % elementBytes)) % elementBytes;
  return Buffer.allocUnsafeSlow(bytes + shift).subarray(shift);
}

/** The most that one element of a tensor takes. */
const elementBytes = 8;

function refuseMore(isFramed: boolean): never {
  if (isFramed) throw new ConnectError("protocol error: received more than one message", Code.Unimplemented);
  throw new ConnectError("protocol error: received more bytes than were announced", Code.InvalidArgument);
}

/** Bytes that must have come before room is made for all that were announced. */
const largeBytes = 256 * 1024;

/** Bytes of the envelope and what is in it. */
function readEnvelopeHead(bytes: Buffer, maxBytes: number): number {
  const length = bytes.readUInt32BE(1);
  refuseBeyond(maxBytes, length);
  if (bytes[0] === 0) return envelopeHeadBytes + length;
  throw new ConnectError("protocol error: the envelope is marked in a way that no header announced", Code.Internal);
}

function refuseBeyond(maxBytes: number, size: number, isWhole = true): void {
  if (size <= maxBytes) return;
  const text = `message size ${isWhole ? `${size} ` : ""}is larger than configured readMaxBytes ${maxBytes}`;
  throw new ConnectError(text, Code.ResourceExhausted);
}

function brokenOff(size: number, expected: number | undefined): ConnectError {
  if (size === 0) return new ConnectError("protocol error: missing input message", Code.Unimplemented);
  if (expected === undefined) return new ConnectError("protocol error: incomplete envelope", Code.InvalidArgument);
  const text = `protocol error: promised ${expected} bytes, received ${size}`;
  return new ConnectError(text, Code.InvalidArgument);
}
