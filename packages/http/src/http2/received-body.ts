import type { IncomingHttpHeaders } from "node:http2";
import type { BodyReader } from "../exchange.ts";
import type { Output } from "../output.ts";
import { sendWindowUpdate } from "./write-frames.ts";

/** What a body asks of its connection. */
interface BodyHost {
  readonly output: Output;
  readonly streamWindowBytes: number;
  consumed(bytes: number): void;
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

  constructor(streamId: number, headers: Readonly<IncomingHttpHeaders>, host: BodyHost) {
    const announced = headers["content-length"];
    this.#streamId = streamId;
    this.#host = host;
    this.#announced = announced === undefined ? -1 : Number(announced);
    this.#window = host.streamWindowBytes;
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
    this.isWhole = true;
    if (this.#announced >= 0 && this.#received !== this.#announced) return false;
    if (this.#isFlowing) this.#reader?.onEnd();
    return true;
  }

  read(reader: BodyReader): void {
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
    this.#isDropped = true;
    this.#reader = undefined;
    for (const bytes of this.#waiting) this.#host.consumed(bytes.length);
    this.#waiting = noBuffers;
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

  get #isFlowing(): boolean {
    return this.#reader !== undefined && !this.#isPaused && this.#waiting.length === 0;
  }

  #hand(bytes: Buffer): void {
    this.#reader?.onData(bytes);
    this.use(bytes.length);
  }

  /** Keeps bytes in memory of their own: what came with them can go, and many small pieces become few. */
  #keep(bytes: Buffer): void {
    const last = this.#waiting.at(-1);
    if (last === undefined) this.#waiting = [Buffer.from(bytes)];
    else if (last.length + bytes.length > joinedBytes) this.#waiting.push(Buffer.from(bytes));
    else this.#waiting[this.#waiting.length - 1] = Buffer.concat([last, bytes]);
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
      reader?.onEnd();
    }
  }
}

/** Pieces that wait are put together up to this size. */
const joinedBytes = 4096;

/** Shared by all bodies for which nothing waits; nothing is ever put into it. */
const noBuffers: Buffer[] = [];
