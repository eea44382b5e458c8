import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { IncomingHttpHeaders as Http2Headers, ServerHttp2Stream } from "node:http2";
import type { Socket } from "node:net";
import type { Readable } from "node:stream";
import type { Ending } from "./dialects.ts";

/** One request and its answer, in either version of HTTP. */
export interface Exchange {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly request: Readable;
  /** The connection that it came over. */
  readonly socket: Socket | undefined;
  /** Trailers of HTTP can be sent. */
  readonly hasTrailers: boolean;
  /** The caller has gone, or the answer is sent. */
  readonly isClosed: boolean;
  /** Sends the head of the answer. */
  start(status: number, headers: OutgoingHttpHeaders): void;
  /** Sends bytes; `false` asks to wait for `onDrain`. */
  write(bytes: Uint8Array): boolean;
  end(ending: Ending): void;
  onDrain(listener: () => void): void;
  onClose(listener: () => void): void;
}

/** Makes the exchange of a stream of HTTP/2. */
export const http2Exchange = (stream: ServerHttp2Stream, headers: Http2Headers): Exchange =>
  new Http2Exchange(stream, headers);

/** Makes the exchange of a request of HTTP/1.1. */
export const http1Exchange = (request: IncomingMessage, response: ServerResponse): Exchange =>
  new Http1Exchange(request, response);

// Classes, since one is made for every call: functions in an object would be made anew each time.

class Http2Exchange implements Exchange {
  readonly request: ServerHttp2Stream;
  readonly headers: Http2Headers;
  readonly hasTrailers = true;

  constructor(stream: ServerHttp2Stream, headers: Http2Headers) {
    this.request = stream;
    this.headers = headers;
    // What breaks a stream off is told by its closing.
    stream.on("error", ignore);
  }

  get method(): string | undefined {
    return this.headers[":method"];
  }

  get path(): string | undefined {
    return this.headers[":path"];
  }

  get socket(): Socket | undefined {
    return this.request.session?.socket;
  }

  get isClosed(): boolean {
    return this.request.closed || this.request.destroyed;
  }

  start(status: number, headers: OutgoingHttpHeaders): void {
    this.request.respond({ ":status": status, ...headers }, withTrailers);
  }

  write(bytes: Uint8Array): boolean {
    return this.request.write(bytes);
  }

  end({ bytes, trailers = noTrailers }: Ending): void {
    const stream = this.request;
    stream.once("wantTrailers", () => {
      stream.sendTrailers(trailers);
      if (!stream.readableEnded) setImmediate(stopReading, stream);
    });
    stream.end(bytes);
  }

  onDrain(listener: () => void): void {
    this.request.once("drain", listener);
  }

  onClose(listener: () => void): void {
    this.request.once("close", listener);
  }
}

// A stream that ends with its last message is gone before Node has heard that the message was sent, which costs it an
// error with a stack trace for each call. With trailers, be they none, it ends after that.
const withTrailers = { waitForTrailers: true };
const noTrailers = {};

const ignore = () => {};

/** What a caller still sends after its answer would count against all other calls of its connection. */
function stopReading(stream: ServerHttp2Stream): void {
  if (!stream.readableEnded) stream.destroy();
}

/** Answers up to this size are given to Node as text, which it sends together with the head in one piece. */
const joinedBytes = 4096;

class Http1Exchange implements Exchange {
  readonly request: IncomingMessage;
  readonly headers: IncomingHttpHeaders;
  readonly hasTrailers = false;
  readonly #response: ServerResponse;

  constructor(request: IncomingMessage, response: ServerResponse) {
    this.request = request;
    this.headers = request.headers;
    this.#response = response;
  }

  get method(): string | undefined {
    return this.request.method;
  }

  get path(): string | undefined {
    return this.request.url;
  }

  get socket(): Socket {
    return this.request.socket;
  }

  get isClosed(): boolean {
    return this.#response.closed || this.#response.destroyed;
  }

  start(status: number, headers: OutgoingHttpHeaders): void {
    this.#response.writeHead(status, headers);
  }

  write(bytes: Uint8Array): boolean {
    return this.#response.write(bytes);
  }

  end({ bytes }: Ending): void {
    if (bytes === undefined || bytes.length > joinedBytes) this.#response.end(bytes);
    else this.#response.end(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1"), "latin1");
    // What is left of the request is taken, so that the connection can go on.
    if (!this.request.readableEnded) this.request.resume();
  }

  onDrain(listener: () => void): void {
    this.#response.once("drain", listener);
  }

  onClose(listener: () => void): void {
    this.#response.once("close", listener);
  }
}
