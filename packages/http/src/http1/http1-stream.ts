import { type IncomingHttpHeaders, type OutgoingHttpHeaders, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { answerFailure } from "../answer-text.ts";
import { both } from "../both.ts";
import { checkBytes, checkCallable, checkEnding, checkHead, checkPieces, checkReader, noBytes } from "../checks.ts";
import type { BodyReader, Ending, Exchange } from "../exchange.ts";
import { httpDate } from "../http-date.ts";
import type { Output } from "../output.ts";
import { fieldsText } from "./fields-text.ts";
import type { CommonHead } from "./request-head.ts";

/** What an exchange asks of its connection. */
export interface Http1Host {
  readonly socket: Socket;
  readonly output: Output;
  /** So much waits to be sent that the exchange should hold back. */
  readonly isBackedUp: boolean;
  /** The connection ends after this exchange. */
  readonly isLeaving: boolean;
  /** What every head says of the connection. */
  readonly keepAlive: string;
  /** Tells of what whoever serves the exchange has thrown. */
  onFault(error: unknown): void;
  /** The answer has been sent whole. */
  finished(): void;
}

/** A class, since one is made for every request. */
export class Http1Stream implements Exchange {
  readonly headers: Readonly<IncomingHttpHeaders>;
  readonly path: string;
  readonly method: string;
  readonly hasTrailers = false;
  isClosed = false;
  readonly #host: Http1Host;
  #body: Buffer | undefined;
  #reader: BodyReader | undefined;
  #isPaused = false;
  /** The head of the answer, while it waits for what comes next, and without the line that ends it. */
  #head: string | undefined;
  #isHeadSent = false;
  #isChunked = false;
  #hasLength = false;
  #mayHaveBody = true;
  #onDrain: (() => void) | undefined;
  #onClose: (() => void) | undefined;

  constructor({ method, headers, path }: CommonHead, body: Buffer, host: Http1Host) {
    this.method = method;
    this.headers = headers;
    this.path = path;
    this.#body = body;
    this.#host = host;
  }

  get socket(): Socket {
    return this.#host.socket;
  }

  read(reader: BodyReader): void {
    checkReader(reader);
    this.#reader = reader;
    this.#hand();
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#hand();
  }

  start(status: number, headers: OutgoingHttpHeaders, isAll = false): void {
    if (this.isClosed) return;
    checkHead(status, headers, this.#hasStarted);
    const { isLeaving, keepAlive } = this.#host;
    const date = headers["date"] === undefined ? `date: ${httpDate()}\r\n` : "";
    const connection = isLeaving ? "connection: close\r\n" : keepAlive;
    this.#hasLength = headers["content-length"] !== undefined;
    this.#mayHaveBody = status >= 200 && status !== 204 && status !== 304;
    this.#head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n${fieldsText(headers)}${date}${connection}`;
    if (isAll) this.end({});
  }

  write(bytes: Uint8Array): boolean {
    if (this.isClosed) return false;
    checkBytes(bytes, this.#hasStarted);
    if (bytes.length === 0) return !this.#host.isBackedUp;
    if (this.#head !== undefined) this.#sendHead(!this.#hasLength);
    this.#sendPiece(bytes);
    return !this.#host.isBackedUp;
  }

  writeAll(pieces: readonly Uint8Array[]): boolean {
    return checkPieces(pieces).reduce((_, piece) => this.write(piece), true);
  }

  end(ending: Ending): void {
    if (this.isClosed) return;
    const { bytes = noBytes, trailers } = checkEnding(ending, this.#hasStarted);
    if (this.#head !== undefined) {
      if (trailers === undefined && !this.#hasLength && this.#mayHaveBody) {
        this.#head += `content-length: ${bytes.length}\r\n`;
        this.#hasLength = true;
      }
      this.#sendHead(!this.#hasLength && this.#mayHaveBody);
    }
    if (bytes.length > 0) this.#sendPiece(bytes);
    if (this.#isChunked) this.#sendText(`0\r\n${trailers === undefined ? "" : fieldsText(trailers)}\r\n`);
    this.close();
    this.#host.finished();
  }

  reset(): void {
    if (this.isClosed) return;
    this.#host.socket.destroy();
    this.close();
  }

  onDrain(listener: () => void): void {
    checkCallable("listener", listener);
    if (this.isClosed) return;
    this.#onDrain = listener;
    this.#host.output.schedule();
  }

  onClose(listener: () => void): void {
    this.#onClose = both(this.#onClose, listener);
  }

  /** Says that more may be written. */
  drained(): void {
    const listener = this.#onDrain;
    this.#onDrain = undefined;
    this.#call(listener);
  }

  /** Ends it, whether the answer was sent or not. */
  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.#reader = this.#body = this.#onDrain = undefined;
    const listener = this.#onClose;
    this.#onClose = undefined;
    this.#call(listener);
  }

  /** Ends it since whoever serves it has thrown, and tells of it. */
  fail(error: unknown): void {
    this.#head = undefined;
    if (this.#isHeadSent) this.reset();
    else answerFailure(this);
    this.#host.onFault(error);
  }

  get #hasStarted(): boolean {
    return this.#head !== undefined || this.#isHeadSent;
  }

  #call(listener: (() => void) | undefined): void {
    try {
      listener?.();
    } catch (error) {
      this.fail(error);
    }
  }

  #hand(): void {
    const [reader, body] = [this.#reader, this.#body];
    if (reader === undefined || this.#isPaused || this.isClosed) return;
    try {
      if (body !== undefined) {
        this.#body = undefined;
        if (body.length > 0) reader.onData(body);
      }
      if (this.#isPaused || this.#reader === undefined) return;
      this.#reader = undefined;
      reader.onEnd();
    } catch (error) {
      this.fail(error);
    }
  }

  #sendHead(isChunked: boolean): void {
    this.#isChunked = isChunked;
    this.#sendText(`${this.#head}${isChunked ? "transfer-encoding: chunked\r\n" : ""}\r\n`);
    this.#head = undefined;
    this.#isHeadSent = true;
  }

  #sendPiece(bytes: Uint8Array): void {
    if (!this.#mayHaveBody) return;
    if (this.#isChunked) this.#sendText(`${bytes.length.toString(16)}\r\n`);
    this.#host.output.add(bytes);
    if (this.#isChunked) this.#sendText("\r\n");
  }

  #sendText(text: string): void {
    this.#host.output.addText(text);
  }
}
