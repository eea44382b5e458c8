import type { IncomingHttpHeaders } from "node:http2";
import type { BodyReader } from "../exchange.ts";
import type { Output } from "../output.ts";
import { sendWindowUpdate } from "./write-frames.ts";

/** What a body asks of its connection. */
interface BodyHost {
  readonly output: Output;
  readonly streamWindowBytes: number;
  openBodies: number;
  consumed(bytes: number): void;
  failed(streamId: number, error: unknown): void;
  /** Says that somebody needs what is being read from the socket for longer. */
  keepChunk(): void;
}

/**
 * The body of a request, between its frames and its reader. Bytes count as used once the reader has them, and then the client may send as
 * many more.
 */
export class ReceivedBody {
  /** The client has said that nothing more comes. */
  isWhole = false;
  readonly #streamId: number;
  readonly #host: BodyHost;
  /** Bytes that the head announced; -1 where it did not. */
  readonly #announced: number;
  #received = 0;
  /** Bytes that the client may still send. */
  #window: number;
  /** Bytes used since the client was told. */
  #used = 0;
  #reader: BodyReader | undefined;
  #isPaused = false;
  #isDropped = false;
  #waiting: Buffer[] = noBuffers;
  /** The memory of the last piece that waits, which has room for more. */
  #room: Buffer | undefined;

  constructor(streamId: number, headers: Readonly<IncomingHttpHeaders>, host: BodyHost) {
    const announced = headers["content-length"];
    this.#streamId = streamId;
    this.#host = host;
    this.#announced = announced === undefined ? -1 : Number(announced);
    this.#window = host.streamWindowBytes;
    host.openBodies++;
  }

  /** Bytes that have come. */
  get receivedBytes(): number {
    return this.#received;
  }

  /** Somebody waits for the client to go on. */
  get isAwaited(): boolean {
    return this.#isFlowing && !this.isWhole;
  }

  /** Takes room in the window, and says whether there was any. */
  takeWindow(bytes: number): boolean {
    this.#window -= bytes;
    return this.#window >= 0;
  }

  /** Takes bytes, and says whether they agree with what the head announced. */
  take(bytes: Buffer): boolean {
    this.#received += bytes.length;
    if (this.#announced >= 0 && this.#received > this.#announced) return false;
    if (this.#isDropped) this.#host.consumed(bytes.length);
    else if (this.#isFlowing) this.#hand(bytes);
    else this.#keep(bytes);
    return true;
  }

  /** Takes the end, and says whether it agrees with what the head announced. */
  end(): boolean {
    this.#close();
    this.isWhole = true;
    if (this.#announced >= 0 && this.#received !== this.#announced) return false;
    this.#flow();
    return true;
  }

  read(reader: BodyReader): void {
    if (this.#isDropped) return;
    this.#reader = reader;
    this.#flow();
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#flow();
  }

  /** Hands nothing more over, ever. */
  drop(): void {
    this.#close();
    this.#isDropped = true;
    this.#reader = undefined;
    for (const bytes of this.#waiting) this.#host.consumed(bytes.length);
    this.#waiting = noBuffers;
    this.#room = undefined;
  }

  /** Counts bytes as used. */
  use(bytes: number): void {
    this.#host.consumed(bytes);
    if (this.isWhole || this.#isDropped) return;
    this.#used += bytes;
    if (this.#used * 2 < this.#host.streamWindowBytes) return;
    sendWindowUpdate(this.#host.output, this.#streamId, this.#used);
    this.#window += this.#used;
    this.#used = 0;
  }

  #close(): void {
    if (!this.isWhole && !this.#isDropped) this.#host.openBodies--;
  }

  get #isFlowing(): boolean {
    return this.#reader !== undefined && !this.#isPaused && this.#waiting.length === 0;
  }

  #hand(bytes: Buffer): void {
    const reader = this.#reader;
    try {
      reader?.onData(bytes);
    } catch (error) {
      this.#host.failed(this.#streamId, error);
    }
    if (reader?.hasLetGo !== true) this.#host.keepChunk();
    this.use(bytes.length);
  }

  /**
   * Keeps bytes in memory of their own, so that what came with them can go, and many small pieces become few. That memory is not of
   * Node's pool, of which one byte would keep a whole slab.
   */
  #keep(bytes: Buffer): void {
    const last = this.#waiting.at(-1) ?? noBytes;
    const { length } = last;
    if (length > 0 && this.#room !== undefined && length + bytes.length <= this.#room.length) {
      bytes.copy(this.#room, length);
      this.#waiting[this.#waiting.length - 1] = this.#room.subarray(0, length + bytes.length);
      return;
    }
    const more = Math.min(joinedBytes, Math.max(leastJoinedBytes, length * 2));
    this.#room = Buffer.allocUnsafeSlow(Math.max(more, bytes.length));
    bytes.copy(this.#room);
    const piece = this.#room.subarray(0, bytes.length);
    if (length === 0) this.#waiting = [piece];
    else this.#waiting.push(piece);
  }

  #flow(): void {
    while (this.#reader !== undefined && !this.#isPaused) {
      const bytes = this.#waiting.shift();
      if (bytes === undefined) break;
      this.#hand(bytes);
    }
    if (this.isWhole && this.#isFlowing) {
      const reader = this.#reader;
      this.#reader = undefined;
      try {
        reader?.onEnd();
      } catch (error) {
        this.#host.failed(this.#streamId, error);
      }
    }
  }
}

/** Pieces that wait are put together in pieces that grow from the one size to the other. */
const leastJoinedBytes = 64;
const joinedBytes = 4096;

const noBytes = Buffer.alloc(0);

/** Shared by all bodies for which nothing waits; nothing is ever put into it. */
const noBuffers: Buffer[] = [];
