import { fault } from "./connection-error.ts";
import { defaultMaxFrameBytes, errorCode, flag, frameHeadBytes, frameType, max31Bits } from "./protocol.ts";

/** Hears of the frames of a connection in the order in which they come. */
export interface FrameSink {
  /** A frame other than DATA, whole. Its payload is only there during the call. */
  onFrame(type: number, flags: number, streamId: number, payload: Buffer): void;
  /** The head of a DATA frame, whose payload has `length` bytes, padding included. */
  onDataHead(streamId: number, length: number): void;
  /** Some of its bytes, without padding; they stay as they are. */
  onDataBytes(bytes: Buffer): void;
  /** Its end. */
  onDataEnd(isLast: boolean): void;
}

/**
 * Cuts the bytes of a connection into frames. DATA is handed on as it comes and never copied; of everything else what is split is put
 * together in a room of the size of one frame.
 *
 * @throws ConnectionError where a frame is larger than allowed or padded beyond its size
 */
export class FrameReader {
  readonly #sink: FrameSink;
  /** The beginning of a frame whose rest has not come yet. */
  #held: Buffer | undefined;
  #heldBytes = 0;
  #isInData = false;
  #dataFlags = 0;
  /** Bytes of the DATA frame under way that have not come yet, and of padding after them. */
  #dataLeft = 0;
  #paddingLeft = 0;
  #isPaddingUnknown = false;

  constructor(sink: FrameSink) {
    this.#sink = sink;
  }

  /** A frame other than DATA has begun and not ended. */
  get isWithinFrame(): boolean {
    return this.#heldBytes > 0;
  }

  /** Takes the next bytes. */
  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#isInData) at = this.#takeData(chunk, at);
      else if (this.#heldBytes > 0) at = this.#completeHeld(chunk, at);
      else at = this.#takeFrame(chunk, at);
    }
  }

  #takeFrame(chunk: Buffer, at: number): number {
    const left = chunk.length - at;
    if (left < frameHeadBytes) return this.#hold(chunk, at);
    const lengthAndType = chunk.readUInt32BE(at);
    const length = lengthAndType >>> 8;
    refuseBeyondFrame(length);
    if ((lengthAndType & 0xff) === frameType.data) return this.#beginData(chunk, at, length);
    const end = at + frameHeadBytes + length;
    if (end > chunk.length) return this.#hold(chunk, at);
    this.#give(chunk, at, end);
    return end;
  }

  #give(bytes: Buffer, at: number, end: number): void {
    const type = bytes.readUInt8(at + 3);
    const streamId = bytes.readUInt32BE(at + 5) & max31Bits;
    this.#sink.onFrame(type, bytes.readUInt8(at + 4), streamId, bytes.subarray(at + frameHeadBytes, end));
  }

  #hold(chunk: Buffer, at: number): number {
    this.#held ??= Buffer.allocUnsafeSlow(frameHeadBytes + defaultMaxFrameBytes);
    this.#heldBytes += chunk.copy(this.#held, this.#heldBytes, at);
    return chunk.length;
  }

  /** Adds to what is held until its head, and then its frame, is whole. */
  #completeHeld(chunk: Buffer, from: number): number {
    const held = this.#held ?? chunk;
    let at = from;
    const add = (wanted: number) => {
      const bytes = Math.min(wanted - this.#heldBytes, chunk.length - at);
      chunk.copy(held, this.#heldBytes, at, at + bytes);
      this.#heldBytes += bytes;
      at += bytes;
      return this.#heldBytes === wanted;
    };
    if (this.#heldBytes < frameHeadBytes && !add(frameHeadBytes)) return at;
    const lengthAndType = held.readUInt32BE(0);
    const length = lengthAndType >>> 8;
    refuseBeyondFrame(length);
    if ((lengthAndType & 0xff) === frameType.data) {
      this.#heldBytes = 0;
      this.#beginData(held, 0, length);
      return at;
    }
    if (!add(frameHeadBytes + length)) return at;
    this.#heldBytes = 0;
    this.#give(held, 0, frameHeadBytes + length);
    return at;
  }

  #beginData(bytes: Buffer, at: number, length: number): number {
    const flags = bytes.readUInt8(at + 4);
    this.#isInData = true;
    this.#dataFlags = flags;
    this.#dataLeft = length;
    this.#paddingLeft = 0;
    this.#isPaddingUnknown = (flags & flag.padded) !== 0;
    if (this.#isPaddingUnknown && length === 0) throw fault("padding without room", errorCode.frameSizeError);
    this.#sink.onDataHead(bytes.readUInt32BE(at + 5) & max31Bits, length);
    if (length === 0) this.#endData();
    return at + frameHeadBytes;
  }

  #takeData(chunk: Buffer, from: number): number {
    let at = from;
    if (this.#isPaddingUnknown) {
      this.#paddingLeft = chunk.readUInt8(at++);
      this.#isPaddingUnknown = false;
      this.#dataLeft -= 1 + this.#paddingLeft;
      if (this.#dataLeft < 0) throw fault("more padding than frame");
    }
    const bytes = Math.min(this.#dataLeft, chunk.length - at);
    if (bytes > 0) this.#sink.onDataBytes(bytes === chunk.length ? chunk : chunk.subarray(at, at + bytes));
    at += bytes;
    this.#dataLeft -= bytes;
    const padding = Math.min(this.#paddingLeft, chunk.length - at);
    this.#paddingLeft -= padding;
    if (this.#dataLeft === 0 && this.#paddingLeft === 0) this.#endData();
    return at + padding;
  }

  #endData(): void {
    this.#isInData = false;
    this.#sink.onDataEnd((this.#dataFlags & flag.endStream) !== 0);
  }
}

function refuseBeyondFrame(length: number): void {
  if (length > defaultMaxFrameBytes)
    throw fault(`a frame of ${length} bytes where ${defaultMaxFrameBytes} are allowed`, errorCode.frameSizeError);
}
