import type { IncomingHttpHeaders } from "node:http2";
import type { Socket } from "node:net";
import type { Exchange } from "../exchange.ts";
import { Output } from "../output.ts";
import { Conduct } from "./conduct.ts";
import { type ConnectionError, fault } from "./connection-error.ts";
import type { Http2Limits } from "./limits.ts";
import { defaultWindowBytes, errorCode, frameType, max31Bits } from "./protocol.ts";
import { ServerStream } from "./server-stream.ts";
import { initialPeerSettings, openingFrames, type PeerSettings } from "./settings.ts";
import type { StreamHost } from "./stream-host.ts";
import { sendFrameHead, sendNumber, sendReset, sendWindowUpdate } from "./write-frames.ts";

/** How long a client may take to close a connection that has ended, in milliseconds. */
const lingerMs = 1000;

/** What a connection is made of. */
export interface ConnectionOptions {
  readonly limits: Http2Limits;
  readonly onExchange: (stream: Exchange) => void;
  readonly onFault: (error: unknown) => void;
}

/** A connection and its streams: who is there, what may be sent, and how it ends. */
export class Connection implements StreamHost {
  readonly socket: Socket;
  readonly output: Output;
  readonly conduct: Conduct;
  readonly peer: PeerSettings = initialPeerSettings();
  readonly limits: Http2Limits;
  readonly streams = new Map<number, ServerStream>();
  /** The highest number of a stream that the client has opened. */
  lastStreamId = 0;
  sendWindow = defaultWindowBytes;
  heldBytes = 0;
  openBodies = 0;
  /** How often something has come. */
  heardChunks = 0;
  /** Nothing more is read. */
  isOver = false;
  /** Somebody needs the bytes that were read last for longer than the turn in which they came. */
  isChunkKept = false;
  readonly #onExchange: (stream: Exchange) => void;
  readonly #onFault: (error: unknown) => void;
  readonly #waiting = new Set<ServerStream>();
  /** Bytes that the client may still send on all streams, and those used since it was told. */
  #receiveWindow: number;
  /** Not less than a socket takes before it tells when it has room again. */
  readonly #backlogBytes: number;
  #used = 0;
  #isLeaving = false;
  /** The last stream that the client was told of; it may never be told of a later one (RFC 9113, section 6.8). */
  #saidLastStreamId: number | undefined;
  #isPumping = false;

  constructor(socket: Socket, { limits, onExchange, onFault }: ConnectionOptions) {
    this.socket = socket;
    this.limits = limits;
    this.#onExchange = onExchange;
    this.#onFault = onFault;
    this.#receiveWindow = Math.max(limits.connectionWindowBytes, defaultWindowBytes);
    this.#backlogBytes = Math.max(limits.backlogBytes, socket.writableHighWaterMark);
    this.output = new Output(socket, () => this.#pump());
    this.conduct = new Conduct(limits, this.output);
    this.output.add(openingFrames(limits));
  }

  get streamWindowBytes(): number {
    return this.limits.streamWindowBytes;
  }

  get atOnceBytes(): number {
    return this.#backlogBytes;
  }

  get isHoldingTooMuch(): boolean {
    return this.heldBytes > this.limits.maxHeldBytes;
  }

  get isBackedUp(): boolean {
    return this.output.waitingBytes > this.#backlogBytes;
  }

  /** Begins a stream, or refuses it so that the client may try again elsewhere. */
  open(id: number, headers: Readonly<IncomingHttpHeaders>): ServerStream | undefined {
    if (this.#isLeaving) {
      // It was sent before the client was told, and so is no fault.
      this.conduct.countCompanion();
      sendReset(this.output, id, errorCode.refusedStream);
      return undefined;
    }
    if (this.streams.size >= this.limits.maxStreams || this.isHoldingTooMuch) {
      this.refuse(id, errorCode.refusedStream);
      return undefined;
    }
    const stream = new ServerStream(id, headers, this);
    this.streams.set(id, stream);
    return stream;
  }

  /** Gives a stream to whoever serves it. */
  serve(stream: ServerStream): void {
    this.conduct.allowStream();
    try {
      this.#onExchange(stream);
    } catch (error) {
      this.failed(stream.id, error);
    }
  }

  failed(id: number, error: unknown): void {
    this.streams.get(id)?.breakOff();
    this.#onFault(error);
  }

  /** Resets a stream for a fault or wish of its client's, which may not happen too often. */
  refuse(id: number, code: number): void {
    this.conduct.countReset();
    const stream = this.streams.get(id);
    if (stream !== undefined) {
      stream.reset(code);
      return;
    }
    sendReset(this.output, id, code);
  }

  takeWindow(bytes: number): void {
    this.#receiveWindow -= bytes;
    if (this.#receiveWindow < 0)
      throw fault("more bytes than the window of the connection holds", errorCode.flowControlError);
  }

  consumed(bytes: number): void {
    this.#used += bytes;
    if (this.#used * 2 < this.limits.connectionWindowBytes || this.isOver) return;
    sendWindowUpdate(this.output, 0, this.#used);
    this.#receiveWindow += this.#used;
    this.#used = 0;
  }

  keepChunk(): void {
    this.isChunkKept = true;
  }

  /** Lets more be sent on all streams. */
  growWindow(bytes: number): void {
    this.sendWindow += bytes;
    if (this.sendWindow > max31Bits) throw fault("a window beyond 2^31-1 bytes", errorCode.flowControlError);
    if (this.#waiting.size > 0) this.output.schedule();
  }

  wait(stream: ServerStream): void {
    this.#waiting.add(stream);
    this.output.schedule();
  }

  closed(stream: ServerStream): void {
    this.streams.delete(stream.id);
    this.#waiting.delete(stream);
    if (this.#isLeaving && this.streams.size === 0) this.#finish();
  }

  /** Tells the client to begin nothing more; the connection ends with its last stream. */
  leave(): void {
    if (this.#isLeaving || this.isOver) return;
    this.#isLeaving = true;
    this.#sayGoodbye(errorCode.noError, "");
    if (this.streams.size === 0) this.#finish();
  }

  /** Ends the connection for a fault of its client's, and tells it which. */
  fail({ code, message }: ConnectionError): void {
    if (this.isOver) return;
    this.#sayGoodbye(code, message);
    this.#finish();
    this.#linger();
    this.drop();
  }

  /** Ends the connection since the client has: it could not even let the server send. */
  hangUp(): void {
    if (this.isOver) return;
    this.drop();
    this.socket.end();
    this.#linger();
  }

  /** Ends all that is under way, since the connection is gone. */
  drop(): void {
    this.isOver = true;
    for (const stream of [...this.streams.values()]) stream.close();
  }

  #sayGoodbye(code: number, message: string): void {
    const text = Buffer.from(message);
    sendFrameHead(this.output, 8 + text.length, frameType.goAway, 0, 0);
    this.#saidLastStreamId ??= this.lastStreamId;
    sendNumber(this.output, this.#saidLastStreamId);
    sendNumber(this.output, code);
    this.output.add(text);
  }

  /** Sends what there is and ends. A client may take its time to read, and then lingers no longer. */
  #finish(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.output.flush();
    this.socket.end(() => this.#linger());
    // What the client still sends is read and dropped, since closing on it could take back what was said last.
    this.socket.resume();
  }

  #linger(): void {
    const { socket } = this;
    if (socket.destroyed) return;
    const timer = setTimeout(() => socket.destroy(), lingerMs);
    socket.once("close", () => clearTimeout(timer));
  }

  /** Reads nothing more from a client that does not read its answers, until it does. */
  holdBack(): void {
    if (this.isBackedUp) this.socket.pause();
  }

  /** Lets streams that wait send in turns, a frame each, while there is room. */
  #pump(): void {
    if (this.#isPumping) return;
    this.#isPumping = true;
    try {
      for (const stream of this.#waiting) {
        if (this.sendWindow <= 0 || this.isBackedUp) break;
        this.#waiting.delete(stream);
        if (stream.sendNext()) this.#waiting.add(stream);
      }
    } finally {
      this.#isPumping = false;
    }
    if (this.socket.isPaused() && !this.isBackedUp) this.socket.resume();
  }
}
