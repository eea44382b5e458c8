import { Code, ConnectError } from "@connectrpc/connect";
import type { BodyReader, Exchange } from "@trimtab/http";
import { messageTooLarge } from "../message-too-large.ts";
import type { Call } from "./call.ts";
import { envelopeHeadBytes } from "./envelope.ts";
import { FloatWatch } from "./float-watch.ts";

/** What becomes of requests, and how large they may be; one for all calls. */
export interface RequestSink {
  readonly maxBytes: number;
  readonly onMessage: (call: Call, bytes: Uint8Array) => void;
  readonly onError: (call: Call, error: ConnectError) => void;
}

/** Reads the one message of a request; what cannot be right is refused as soon as it shows, and not read on. */
export const readRequest = (call: Call, sink: RequestSink): void => call.exchange.read(new RequestReader(call, sink));

/** A class, since one is made for every call: functions in an object would be made anew each time. */
class RequestReader implements BodyReader {
  readonly #call: Call;
  readonly #sink: RequestSink;
  #chunks: Buffer[] = [];
  #size = 0;
  /** Bytes that are to come, where they were announced. */
  #expected: number | undefined;
  /** Where a large message goes as it comes, so that it is not there twice in the end. */
  #room: Room | undefined;
  #isRefused = false;

  constructor(call: Call, sink: RequestSink) {
    this.#call = call;
    this.#sink = sink;
    if (!call.dialect.isFramed) this.#expected = announcedBytes(call.exchange);
  }

  get hasLetGo(): boolean {
    return this.#room !== undefined;
  }

  onData(chunk: Buffer): void {
    if (this.#isRefused) return;
    this.#keep(chunk);
    try {
      this.#check();
    } catch (error) {
      this.#isRefused = true;
      this.#sink.onError(this.#call, ConnectError.from(error));
    }
  }

  onEnd(): void {
    if (this.#isRefused) return;
    if (!this.#call.dialect.isFramed) this.#sink.onMessage(this.#call, this.#whole());
    else if (this.#size === this.#expected) this.#sink.onMessage(this.#call, this.#whole().subarray(envelopeHeadBytes));
    else this.#sink.onError(this.#call, brokenOff(this.#size, this.#expected));
  }

  #whole(): Buffer {
    if (this.#room !== undefined) return this.#room.bytes.subarray(0, this.#size);
    const [first] = this.#chunks;
    return first !== undefined && this.#chunks.length === 1 ? first : Buffer.concat(this.#chunks);
  }

  #keep(chunk: Buffer): void {
    const room = this.#room;
    const expected = this.#expected;
    if (room === undefined) this.#chunks.push(chunk);
    else fill(room, chunk, this.#size);
    this.#size += chunk.length;
    if (room !== undefined || expected === undefined || expected < largeBytes || this.#size < largeBytes) return;
    const head = Buffer.concat(this.#chunks);
    this.#room = roomFor(this.#call, expected, head);
    fill(this.#room, head, 0);
    this.#chunks = [];
  }

  #check(): void {
    const { isFramed } = this.#call.dialect;
    if (!isFramed) refuseBeyond(this.#sink.maxBytes, this.#expected, this.#size);
    else if (this.#size >= envelopeHeadBytes) this.#expected ??= readEnvelopeHead(this.#whole(), this.#sink.maxBytes);
    if (this.#expected !== undefined && this.#size > this.#expected) refuseMore(isFramed);
  }
}

const announcedBytes = ({ headers }: Exchange): number | undefined =>
  headers["content-length"] === undefined ? undefined : Number(headers["content-length"]);

/** Where a large request goes. */
interface Room {
  readonly bytes: Buffer;
  /** Where in it large bytes begin, and who looks at them. */
  readonly large?: { readonly begin: number; readonly watch: FloatWatch };
}

/**
 * Makes room for a large request of which `head` has come. Large bytes in it will lie so that elements of any size can be
 * read where they are.
 */
function roomFor({ dialect, codec, packing }: Call, length: number, head: Buffer): Room {
  const before = dialect.isFramed ? envelopeHeadBytes : 0;
  const offset = packing === undefined ? codec.offsetOfLargeBytes(head.subarray(before)) : undefined;
  if (offset === undefined) return { bytes: Buffer.allocUnsafeSlow(length) };
  const begin = before + offset;
  const shift = (elementBytes - (begin % elementBytes)) % elementBytes;
  const bytes = Buffer.allocUnsafeSlow(length + shift).subarray(shift);
  const floats = Math.floor((length - begin) / Float32Array.BYTES_PER_ELEMENT);
  return { bytes, large: { begin, watch: new FloatWatch(new Float32Array(bytes.buffer, shift + begin, floats)) } };
}

/** Adds what came, as far as it fits in. */
function fill({ bytes, large }: Room, chunk: Buffer, at: number): void {
  bytes.set(chunk.subarray(0, bytes.length - at), at);
  large?.watch.look(at + chunk.length - large.begin);
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

/** Refuses a message by its size, or by how much of it has come. */
function refuseBeyond(maxBytes: number, size: number | undefined, come = 0): void {
  if (Math.max(size ?? 0, come) > maxBytes) throw messageTooLarge(maxBytes, size);
}

function brokenOff(size: number, expected: number | undefined): ConnectError {
  if (size === 0) return new ConnectError("protocol error: missing input message", Code.Unimplemented);
  if (expected === undefined) return new ConnectError("protocol error: incomplete envelope", Code.InvalidArgument);
  const text = `protocol error: promised ${expected} bytes, received ${size}`;
  return new ConnectError(text, Code.InvalidArgument);
}
