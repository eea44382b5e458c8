import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { type BodyReader, type Ending, type Exchange, releaseMemory } from "@trimtab/http";
import type { ServingOptions } from "./protocol-server.ts";
import { sendFailure } from "./send.ts";

/** Makes the exchange of a request of HTTP/1.1 and has it handled. What is thrown ends it, with 500 if it was not answered. */
export function handleHttp1(
  request: IncomingMessage,
  response: ServerResponse,
  { handler, onFault }: ServingOptions,
): void {
  const exchange = new Http1Exchange(request, response, onFault);
  exchange.call(() => handler(exchange));
}

/** Answers up to this size are given to Node as text, which it sends together with the head in one piece. */
const joinedBytes = 4096;

/** A class, since one is made for every request: functions in an object would be made anew each time. */
class Http1Exchange implements Exchange {
  readonly headers: IncomingHttpHeaders;
  readonly hasTrailers = false;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #onFault: (error: unknown) => void;
  #reader: BodyReader | undefined;

  constructor(request: IncomingMessage, response: ServerResponse, onFault: (error: unknown) => void) {
    this.#request = request;
    this.#onFault = onFault;
    this.headers = request.headers;
    this.#response = response;
  }

  get method(): string | undefined {
    return this.#request.method;
  }

  get path(): string | undefined {
    return this.#request.url;
  }

  get socket(): Socket {
    return this.#request.socket;
  }

  get isClosed(): boolean {
    return this.#response.closed || this.#response.destroyed;
  }

  read(reader: BodyReader): void {
    const request = this.#request;
    this.#reader = reader;
    request.on("data", (bytes: Buffer) => {
      const taker = this.#reader;
      this.call(() => taker?.onData(bytes));
      if (taker?.hasLetGo === true) releaseMemory(bytes);
    });
    request.on("end", () => {
      // Node's streams outlive their request by a garbage collection, and would keep alive whatever reads them.
      const listening = this.#reader;
      this.#reader = undefined;
      if (request.complete && !this.isClosed) this.call(() => listening?.onEnd());
    });
  }

  pause(): void {
    this.#request.pause();
  }

  resume(): void {
    this.#request.resume();
  }

  start(status: number, headers: OutgoingHttpHeaders, isAll = false): void {
    if (!this.isClosed) this.#response.writeHead(status, headers);
    if (isAll) this.end({});
  }

  write(bytes: Uint8Array): boolean {
    return !this.isClosed && this.#response.write(bytes);
  }

  writeAll(pieces: readonly Uint8Array[]): boolean {
    return pieces.reduce((_, piece) => this.write(piece), true);
  }

  end({ bytes, trailers }: Ending): void {
    this.#reader = undefined;
    if (this.isClosed) return;
    if (trailers !== undefined) this.#response.addTrailers(trailers);
    if (bytes === undefined || bytes.length > joinedBytes) this.#response.end(bytes);
    else this.#response.end(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1"), "latin1");
    // What is left of the request is taken, so that the connection can go on.
    if (!this.#request.readableEnded) this.#request.resume();
  }

  reset(): void {
    this.#reader = undefined;
    this.#response.destroy();
  }

  onDrain(listener: () => void): void {
    this.#response.once("drain", () => this.call(listener));
  }

  onClose(listener: () => void): void {
    this.#response.once("close", () => this.call(listener));
  }

  /** Calls what somebody else has written, and ends the exchange where it throws. */
  call(listener: () => void): void {
    try {
      listener();
    } catch (error) {
      if (!this.#response.headersSent) sendFailure(this);
      else if (!this.#response.writableEnded) this.reset();
      this.#onFault(error);
    }
  }
}
