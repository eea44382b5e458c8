import type { Socket } from "node:net";
import { giveSlab, slabBytes, takeSlab } from "./slabs.ts";

/** Pieces up to this size are copied behind what comes before them, which costs less than sending them by themselves. */
const copiedBytes = 8 * 1024;

const none = Buffer.alloc(0);

/**
 * What goes out on a connection. It is written into one piece of memory, sent once per turn of the event loop: an answer
 * costs no write of its own where many are under way. A connection that has nothing to say holds no memory.
 */
export class Output {
  readonly #socket: Socket;
  readonly #onFlushed: () => void;
  #slab: Buffer = none;
  /** What of the slab is written and not yet with the socket. */
  #from = 0;
  #at = 0;
  /** Finished pieces that go out before it. */
  #pieces: Uint8Array[] = [];
  #piecesBytes = 0;
  #isScheduled = false;
  /** More than a small slab was needed in one turn a moment ago. */
  #isBusy = false;
  #handedBytes = 0;

  /** @param onFlushed is called whenever something may have gone out, and after `schedule` in any case */
  constructor(socket: Socket, onFlushed: () => void) {
    this.#socket = socket;
    this.#onFlushed = onFlushed;
    socket.on("drain", onFlushed);
  }

  /** Bytes that are not yet with the operating system. */
  get waitingBytes(): number {
    return this.#piecesBytes + this.#at - this.#from + this.#socket.writableLength;
  }

  /** All bytes that were ever written. */
  get writtenBytes(): number {
    return this.#handedBytes + this.#piecesBytes + this.#at - this.#from;
  }

  /** All bytes that the socket was ever given: the other side may have seen these. */
  get handedBytes(): number {
    return this.#handedBytes;
  }

  /**
   * Gives the memory to write the next bytes to, from `at` on, of which there are at least `bytes`, at most 64 KiB.
   * What was written is told by `advance`, before anything else is asked.
   */
  room(bytes: number): Buffer {
    if (this.#slab.length - this.#at < bytes) this.#changeSlab(bytes);
    return this.#slab;
  }

  /** Where in the room the next byte goes. */
  get at(): number {
    return this.#at;
  }

  /** Says up to where the room has been written. */
  advance(at: number): void {
    this.#at = at;
    this.schedule();
  }

  /** Adds bytes. Large ones are not copied and must stay as they are. */
  add(bytes: Uint8Array): void {
    if (bytes.length <= copiedBytes) {
      this.room(bytes.length).set(bytes, this.#at);
      this.advance(this.#at + bytes.length);
      return;
    }
    this.#sealSlab();
    this.#pieces.push(bytes);
    this.#piecesBytes += bytes.length;
    if (this.#piecesBytes > slabBytes.large) this.flush();
    else this.schedule();
  }

  /** Adds text of which each character is one byte. */
  addText(text: string): void {
    if (text.length > copiedBytes) {
      this.add(Buffer.from(text, "latin1"));
      return;
    }
    const slab = this.room(text.length);
    this.advance(this.#at + slab.write(text, this.#at, "latin1"));
  }

  /** Flushes at the end of the turn. */
  schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(this.#flushScheduled);
  }

  /** Hands everything to the socket. */
  flush(): void {
    this.#sealSlab();
    const pieces = this.#pieces;
    if (pieces.length === 0) return;
    this.#pieces = [];
    this.#handedBytes += this.#piecesBytes;
    this.#piecesBytes = 0;
    const socket = this.#socket;
    if (socket.destroyed || socket.writableEnded) return;
    if (pieces.length > 1) socket.cork();
    for (const piece of pieces) socket.write(piece);
    if (pieces.length > 1) socket.uncork();
    if (socket.writableLength === 0) this.#freeSlab();
  }

  /** Hands what there is to the socket and lets go of it. */
  close(): void {
    this.flush();
    this.#socket.off("drain", this.#onFlushed);
  }

  readonly #flushScheduled = (): void => {
    this.#isScheduled = false;
    this.#isBusy = this.#at > slabBytes.small;
    this.flush();
    this.#onFlushed();
  };

  #sealSlab(): void {
    if (this.#at === this.#from) return;
    this.#pieces.push(this.#slab.subarray(this.#from, this.#at));
    this.#piecesBytes += this.#at - this.#from;
    this.#from = this.#at;
  }

  /** The operating system has taken everything: the memory is free for others. */
  #freeSlab(): void {
    if (this.#slab !== none) giveSlab(this.#slab);
    this.#useSlab(none);
  }

  #changeSlab(bytes: number): void {
    if (this.#slab !== none) {
      this.#isBusy = true;
      this.flush();
    }
    // One that the socket still reads from is left to it.
    this.#useSlab(takeSlab(this.#isBusy || bytes > slabBytes.small ? "large" : "small"));
  }

  #useSlab(slab: Buffer): void {
    this.#slab = slab;
    this.#from = this.#at = 0;
  }
}
