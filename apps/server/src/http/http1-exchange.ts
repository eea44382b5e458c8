import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { BodyReader, Ending, Exchange } from "@trimtab/http";

/** Makes the exchange of a request of HTTP/1.1. */
export const http1Exchange = (request: IncomingMessage, response: ServerResponse): Exchange =>
  new Http1Exchange(request, response);

/** Answers up to this size are given to Node as text, which it sends together with the head in one piece. */
const joinedBytes = 4096;

/** A class, since one is made for every request: functions in an object would be made anew each time. */
class Http1Exchange implements Exchange {
  readonly headers: IncomingHttpHeaders;
  readonly hasTrailers = false;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  #reader: BodyReader | undefined;

  constructor(request: IncomingMessage, response: ServerResponse) {
    this.#request = request;
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
    request.on("data", (bytes: Buffer) => this.#reader?.onData(bytes));
    request.on("end", () => {
      // Node's streams outlive their request by a garbage collection, and would keep alive whatever reads them.
      this.#reader = undefined;
      if (request.complete && !this.isClosed) reader.onEnd();
    });
  }

  pause(): void {
    this.#request.pause();
  }

  resume(): void {
    this.#request.resume();
  }

  start(status: number, headers: OutgoingHttpHeaders): void {
    if (!this.isClosed) this.#response.writeHead(status, headers);
  }

  write(bytes: Uint8Array): boolean {
    return !this.isClosed && this.#response.write(bytes);
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
    this.#response.once("drain", listener);
  }

  onClose(listener: () => void): void {
    this.#response.once("close", listener);
  }
}
