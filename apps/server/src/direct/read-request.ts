import { Code, ConnectError } from "@connectrpc/connect";
import { compressedFlag } from "@connectrpc/connect/protocol";
import type { BodyReader, Exchange } from "@trimtab/http";
import { messageTooLarge } from "../message-too-large.ts";
import type { Call } from "./call.ts";
import { envelopeHeadBytes } from "./envelope.ts";
import { FloatWatch } from "./float-watch.ts";
import type { AwaitedRequest, RequestDeadlines } from "./request-deadlines.ts";

/** What becomes of requests, and how large they may be; one for all calls. */
export interface RequestSink {
  readonly maxBytes: number;
  /** Hears of each request with a deadline until it has come. */
  readonly deadlines: RequestDeadlines;
  readonly onMessage: (call: Call, bytes: Uint8Array, isPacked: boolean) => void;
  readonly onError: (call: Call, error: ConnectError) => void;
}

/** Reads the one message of a request; what cannot be right is refused as soon as it shows and the caller can hear of it. */
export const readRequest = (call: Call, sink: RequestSink): void => call.exchange.read(new RequestReader(call, sink));

/** A class, since one is made for every call: functions in an object would be made anew each time. */
class RequestReader implements BodyReader, AwaitedRequest {
  readonly #call: Call;
  readonly #sink: RequestSink;
  #chunks: Buffer[] = [];
  #size = 0;
  /** Bytes that are to come, where they were announced. */
  #expected: number | undefined;
  /** Where a large message goes as it comes, so that it is not there twice in the end. */
  #room: Room | undefined;
  #isPacked: boolean;
  /** Why the request is refused, where its caller can hear of it only once more has come. */
  #refusal: ConnectError | undefined;
  #isOver = false;

  constructor(call: Call, sink: RequestSink) {
    this.#call = call;
    this.#sink = sink;
    this.#isPacked = call.packing !== undefined && !call.dialect.isFramed;
    if (!call.dialect.isFramed) this.#expected = announcedBytes(call.exchange);
    if (call.context.timeoutMs() !== undefined) sink.deadlines.add(this);
  }

  get hasLetGo(): boolean {
    return this.#room !== undefined || this.#refusal !== undefined;
  }

  get isBrokenOff(): boolean {
    return this.#call.exchange.isClosed;
  }

  leftMs(): number {
    return this.#call.context.timeoutMs() ?? Number.POSITIVE_INFINITY;
  }

  giveUp(): void {
    this.#fail(new ConnectError("the operation timed out", Code.DeadlineExceeded));
  }

  onData(chunk: Buffer): void {
    if (this.#isOver) return;
    if (this.#refusal !== undefined) return void this.#drop(chunk, this.#refusal);
    this.#keep(chunk);
    try {
      this.#check();
    } catch (error) {
      this.#refuse(ConnectError.from(error));
    }
  }

  onEnd(): void {
    if (this.#isOver) return;
    if (this.#refusal !== undefined) return void this.#fail(this.#refusal);
    const { isFramed } = this.#call.dialect;
    if (isFramed && this.#size !== this.#expected) return void this.#fail(brokenOff(this.#size, this.#expected));
    this.#conclude();
    const message = isFramed ? this.#whole().subarray(envelopeHeadBytes) : this.#whole();
    this.#sink.onMessage(this.#call, message, this.#isPacked);
  }

  /** Refuses the request once its caller can hear of it. */
  #refuse(error: ConnectError): void {
    const rest = (this.#expected ?? this.#size) - this.#size;
    const isHeard = error.code !== Code.ResourceExhausted || !this.#call.exchange.hasTrailers || rest > droppedBytes;
    if (isHeard) return void this.#fail(error);
    this.#refusal = error;
    this.#chunks = [];
  }

  #drop(chunk: Buffer, refusal: ConnectError): void {
    this.#size += chunk.length;
    if (this.#size > this.#sink.maxBytes + droppedBytes) this.#fail(refusal);
  }

  #conclude(): void {
    this.#isOver = true;
    this.#sink.deadlines.delete(this);
  }

  #fail(error: ConnectError): void {
    this.#conclude();
    this.#chunks = [];
    this.#room = undefined;
    this.#sink.onError(this.#call, error);
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
    else if (this.#size >= envelopeHeadBytes && this.#expected === undefined) this.#readHead(this.#whole());
    if (this.#expected !== undefined && this.#size > this.#expected) refuseMore(isFramed);
  }

  #readHead(bytes: Buffer): void {
    const length = bytes.readUInt32BE(1);
    this.#expected = envelopeHeadBytes + length;
    refuseBeyond(this.#sink.maxBytes, length);
    this.#isPacked = bytes[0] === compressedFlag && this.#call.packing !== undefined;
    if (bytes[0] === 0 || this.#isPacked) return;
    throw new ConnectError("protocol error: the envelope is marked in a way that no header announced", Code.Internal);
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

/**
 * Bytes of a request that is too large which are read and dropped, over HTTP/2. A client on Node's takes no answer while more than 10 MB
 * of its request wait to be sent, and its call would last until its deadline.
 */
const droppedBytes = 64 * 1024 * 1024;

/** Bytes that must have come before room is made for all that were announced. */
const largeBytes = 256 * 1024;

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
