import type { Socket } from "node:net";

/** Bytes that are gathered before they are sent without waiting for the end of the turn. */
const slabBytes = 64 * 1024;

/** Pieces up to this size are copied behind what comes before them, which costs less than sending them by themselves. */
const copiedBytes = 8 * 1024;

/**
 * What goes out on a connection. It is written into one piece of memory, sent once per turn of the event loop: an answer
 * costs no write of its own where many are under way.
 */
export class Output {
  readonly #socket: Socket;
  #slab: Buffer = Buffer.allocUnsafeSlow(slabBytes);
  /** What of the slab is written and not yet with the socket. */
  #from = 0;
  #at = 0;
  /** Finished pieces that go out before it. */
  #pieces: Uint8Array[] = [];
  #piecesBytes = 0;
  #isScheduled = false;

  readonly #onFlushed: () => void;

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

  /**
   * Gives the memory to write the next bytes to, from `at` on, of which there are at least `bytes`, at most the 64 KiB of a slab.
   * What was written is told by `advance`, before anything else is asked.
   */
  room(bytes: number): Buffer {
    if (this.#slab.length - this.#at < bytes) this.#changeSlab();
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
      const slab = this.room(bytes.length);
      slab.set(bytes, this.#at);
      this.advance(this.#at + bytes.length);
      return;
    }
    this.#sealSlab();
    this.#pieces.push(bytes);
    this.#piecesBytes += bytes.length;
    if (this.#piecesBytes > slabBytes) this.flush();
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

  /** Hands what there is to the socket and lets go of it. */
  close(): void {
    this.flush();
    this.#socket.off("drain", this.#onFlushed);
  }

  /** Hands everything to the socket. */
  flush(): void {
    this.#sealSlab();
    const pieces = this.#pieces;
    if (pieces.length === 0) return;
    this.#pieces = [];
    this.#piecesBytes = 0;
    const socket = this.#socket;
    if (socket.destroyed || socket.writableEnded) return;
    if (pieces.length > 1) socket.cork();
    for (const piece of pieces) socket.write(piece);
    if (pieces.length > 1) socket.uncork();
    // What the operating system took at once is there no more: the next turn writes over it.
    if (socket.writableLength === 0) this.#from = this.#at = 0;
  }

  /** Flushes at the end of the turn. */
  schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(this.#flushScheduled);
  }

  readonly #flushScheduled = (): void => {
    this.#isScheduled = false;
    this.flush();
    this.#onFlushed();
  };

  #sealSlab(): void {
    if (this.#at === this.#from) return;
    this.#pieces.push(this.#slab.subarray(this.#from, this.#at));
    this.#piecesBytes += this.#at - this.#from;
    this.#from = this.#at;
  }

  #changeSlab(): void {
    this.flush();
    if (this.#at === 0) return;
    this.#slab = Buffer.allocUnsafeSlow(slabBytes);
    this.#from = this.#at = 0;
  }
}
