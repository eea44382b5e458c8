import type { Readable } from "node:stream";
import { Code, ConnectError } from "@connectrpc/connect";
import { envelopeHeadBytes } from "./envelope.ts";

/** What a request may hold, and who hears of it. */
export interface RequestReader {
  /** The message is in an envelope. */
  readonly isFramed: boolean;
  readonly maxBytes: number;
  readonly onMessage: (bytes: Uint8Array) => void;
  readonly onError: (error: ConnectError) => void;
}

/** Reads the one message of a request; what cannot be right is refused as soon as it shows, and not read on. */
export function readRequest(request: Readable, { isFramed, maxBytes, onMessage, onError }: RequestReader): void {
  const chunks: Buffer[] = [];
  let size = 0;
  let expected: number | undefined;
  const whole = () => (chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks));

  const onData = (chunk: Buffer): void => {
    chunks.push(chunk);
    size += chunk.length;
    try {
      if (!isFramed) refuseBeyond(maxBytes, size, false);
      else if (size >= envelopeHeadBytes) {
        expected ??= readEnvelopeHead(whole(), maxBytes);
        if (size > expected)
          throw new ConnectError("protocol error: received more than one message", Code.Unimplemented);
      }
    } catch (error) {
      request.off("data", onData).off("end", onEnd).pause();
      onError(ConnectError.from(error));
    }
  };
  const onEnd = (): void => {
    // A request that is broken off ends, too.
    if (request.destroyed) return;
    if (!isFramed) onMessage(whole());
    else if (size === expected) onMessage(whole().subarray(envelopeHeadBytes));
    else onError(brokenOff(size, expected));
  };
  request.on("data", onData).on("end", onEnd);
}

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
