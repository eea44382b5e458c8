import type { Socket } from "node:net";
import { checkHaving, checkOptions, shown } from "../checks.ts";
import type { Exchange } from "../exchange.ts";
import { Output } from "../output.ts";
import { type Http1Host, Http1Stream } from "./http1-stream.ts";
import { type CommonHead, readCommonHead } from "./request-head.ts";

/** How connections are served. */
export interface Http1Options {
  /** Is given every request of the common kind. */
  readonly onExchange: (stream: Exchange) => void;
  /** Hears of what `onExchange`, readers and listeners have thrown. That ends their exchange, with 500 if it was not answered. */
  readonly onFault: (error: unknown) => void;
  /** Takes a connection over for good, as soon as something else comes; all of that is still to be read. */
  readonly handOver: (socket: Socket) => void;
  /** How long a connection may lie idle, in milliseconds; at most 2 147 482 647. */
  readonly idleTimeoutMs: number;
}

/** A connection that is being served. */
export interface Http1Connection {
  /** Ends the connection as soon as nothing is under way on it. */
  close(): void;
}

/** Requests with more bytes are not common: they are read piece by piece. */
const maxBodyBytes = 64 * 1024;

const maxHeadBytes = 16 * 1024;

/** Clients that take the idle time at its word may send at the last moment. */
const graceMs = 1000;

/** Bytes that may wait to be sent before whoever writes is asked to hold back. */
const backlogBytes = 64 * 1024;

/** How long the rest of a request may take to come before it is left to whoever watches over slow clients, in milliseconds. */
const patienceMs = 1000;

const emptyLine = Buffer.from("\r\n\r\n");

const callbacks = ["onExchange", "onFault", "handOver"] as const;
const optionNames = [...callbacks, "idleTimeoutMs"] as const;

/** The longest that a timer can wait for, with the grace. */
const maxIdleMs = 2 ** 31 - 1 - graceMs;

/**
 * Serves common requests on a connection of HTTP/1.1, one after the other, until one comes that is not.
 *
 * @throws TypeError for options that there are none of, or of another kind
 * @throws RangeError for an idle time that no timer can wait for
 */
export function serveHttp1(socket: Socket, options: Http1Options): Http1Connection {
  checkHaving("socket", socket, "on", "write", "destroy");
  checkOptions(options, optionNames, callbacks);
  const { idleTimeoutMs } = options;
  if (typeof idleTimeoutMs !== "number" || !(idleTimeoutMs >= 0 && idleTimeoutMs <= maxIdleMs)) {
    throw new RangeError(`idleTimeoutMs must be a number from 0 to ${maxIdleMs}, got ${shown(idleTimeoutMs)}`);
  }
  const connection = new Connection(socket, options);
  return { close: () => connection.leave() };
}

/** A head that may come again, byte by byte. */
interface KeptHead {
  readonly bytes: Buffer;
  readonly head: CommonHead;
}

class Connection implements Http1Host {
  readonly socket: Socket;
  readonly output: Output;
  readonly keepAlive: string;
  isLeaving = false;
  readonly #options: Http1Options;
  /** Bytes that have come and are not served yet. */
  #held: Buffer | undefined;
  /** More of the same request was waited for once. */
  #hasWaited = false;
  #kept: KeptHead | undefined;
  #current: Http1Stream | undefined;
  #isServing = false;
  /** Nothing more is read. */
  #isOver = false;

  constructor(socket: Socket, options: Http1Options) {
    this.socket = socket;
    this.#options = options;
    this.output = new Output(socket, this.#onFlushed);
    this.keepAlive = `keep-alive: timeout=${Math.floor(options.idleTimeoutMs / 1000)}\r\n`;
    socket.on("timeout", this.#onTimeout);
    socket.setTimeout(options.idleTimeoutMs + graceMs);
    socket.on("data", this.#onData);
    socket.on("close", this.#onClose);
  }

  get isBackedUp(): boolean {
    return this.output.waitingBytes > backlogBytes;
  }

  onFault(error: unknown): void {
    this.#options.onFault(error);
  }

  leave(): void {
    this.isLeaving = true;
    if (this.#current === undefined) this.#end();
  }

  finished(): void {
    this.#current = undefined;
    if (this.isLeaving) this.#end();
    else if (this.#held !== undefined) this.#serveHeld();
    else if (this.socket.isPaused()) this.socket.resume();
  }

  readonly #onData = (chunk: Buffer): void => {
    if (this.#isOver) return;
    this.#held = this.#held === undefined ? chunk : Buffer.concat([this.#held, chunk]);
    // Requests that are sent ahead wait, and no more of them are read.
    if (this.#current === undefined) this.#serveHeld();
    else this.socket.pause();
  };

  readonly #onFlushed = (): void => {
    if (!this.isBackedUp) this.#current?.drained();
  };

  readonly #onTimeout = (): void => {
    if (this.#current !== undefined) return;
    if (this.#held === undefined || this.#isOver) this.socket.destroy();
    else this.#handOver(this.#held);
  };

  readonly #onClose = (): void => this.#current?.close();

  /** Serves what is held, request by request, as far as each is answered at once. */
  #serveHeld(): void {
    if (this.#isServing) return;
    this.#isServing = true;
    while (this.#current === undefined && this.#held !== undefined && !this.isLeaving) {
      const stream = this.#next(this.#held);
      if (stream === undefined) break;
      this.#current = stream;
      try {
        this.#options.onExchange(stream);
      } catch (error) {
        stream.fail(error);
      }
    }
    this.#isServing = false;
    if (this.#current === undefined && this.socket.isPaused()) this.socket.resume();
  }

  /** Takes the next request off what is held, if it is there. */
  #next(held: Buffer): Http1Stream | undefined {
    const found = this.#findHead(held);
    if (found === undefined || found.head.bodyBytes > maxBodyBytes) return this.#handOver(held);
    const begin = found.bytes.length + emptyLine.length;
    const end = begin + found.head.bodyBytes;
    if (end > held.length) {
      // Many clients send the body by itself. What comes in more than two pieces is left to whoever watches over slow ones.
      if (this.#hasWaited) return this.#handOver(held);
      this.#hasWaited = true;
      this.socket.setTimeout(patienceMs);
      return undefined;
    }
    if (this.#hasWaited) this.socket.setTimeout(this.#options.idleTimeoutMs + graceMs);
    this.#hasWaited = false;
    this.#held = end === held.length ? undefined : held.subarray(end);
    return new Http1Stream(found.head, held.subarray(begin, end), this);
  }

  #findHead(held: Buffer): KeptHead | undefined {
    const kept = this.#kept;
    if (kept !== undefined && isHead(held, kept.bytes)) return kept;
    const end = held.indexOf(emptyLine);
    if (end < 0 || end > maxHeadBytes) return undefined;
    const head = readCommonHead(held.toString("latin1", 0, end));
    if (head === undefined) return undefined;
    this.#kept = { bytes: Buffer.from(held.subarray(0, end)), head };
    return this.#kept;
  }

  #handOver(held: Buffer): undefined {
    const { socket } = this;
    this.output.close();
    socket.off("data", this.#onData).off("close", this.#onClose).off("timeout", this.#onTimeout);
    socket.setTimeout(0);
    socket.pause();
    this.#held = undefined;
    socket.unshift(held);
    this.#options.handOver(socket);
    return undefined;
  }

  #end(): void {
    this.#isOver = true;
    this.output.flush();
    this.socket.destroySoon();
  }
}

/** Whether bytes begin with a head and the empty line behind it. */
function isHead(bytes: Buffer, head: Buffer): boolean {
  const { length } = head;
  return (
    bytes.length >= length + emptyLine.length &&
    bytes.compare(head, 0, length, 0, length) === 0 &&
    bytes.compare(emptyLine, 0, emptyLine.length, length, length + emptyLine.length) === 0
  );
}
