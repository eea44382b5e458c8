import type { OutgoingHttpHeaders } from "node:http";
import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from "node:http2";
import type { Socket } from "node:net";
import type { BodyReader, Ending, Exchange } from "./exchange.ts";

/** Makes the exchange of a stream of HTTP/2. */
export const http2Exchange = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Exchange =>
  new Http2Exchange(stream, headers);

/** A class, since one is made for every request: functions in an object would be made anew each time. */
class Http2Exchange implements Exchange {
  readonly headers: IncomingHttpHeaders;
  readonly hasTrailers = true;
  readonly #stream: ServerHttp2Stream;
  #reader: BodyReader | undefined;

  constructor(stream: ServerHttp2Stream, headers: IncomingHttpHeaders) {
    this.#stream = stream;
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
    return this.#stream.session?.socket;
  }

  get isClosed(): boolean {
    return this.#stream.closed || this.#stream.destroyed;
  }

  read(reader: BodyReader): void {
    const stream = this.#stream;
    this.#reader = reader;
    if (this.headers.expect === "100-continue" && !this.isClosed) stream.additionalHeaders({ ":status": 100 });
    stream.on("data", (bytes: Buffer) => this.#reader?.onData(bytes));
    stream.on("end", () => {
      // Node's streams outlive their request by a garbage collection, and would keep alive whatever reads them.
      this.#reader = undefined;
      // A request that is broken off ends, too.
      if (!this.isClosed) reader.onEnd();
    });
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  start(status: number, headers: OutgoingHttpHeaders): void {
    if (!this.isClosed) this.#stream.respond({ ":status": status, ...headers }, withTrailers);
  }

  write(bytes: Uint8Array): boolean {
    return !this.isClosed && this.#stream.write(bytes);
  }

  end({ bytes, trailers = noTrailers }: Ending): void {
    this.#reader = undefined;
    const stream = this.#stream;
    if (this.isClosed) return;
    // An answer without a body has ended with its head.
    if (stream.writableEnded) return void setImmediate(stopReading, stream);
    stream.once("wantTrailers", () => {
      stream.sendTrailers(trailers);
      if (!stream.readableEnded) setImmediate(stopReading, stream);
    });
    stream.end(bytes);
  }

  reset(): void {
    this.#reader = undefined;
    if (!this.isClosed) this.#stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  }

  onDrain(listener: () => void): void {
    this.#stream.once("drain", listener);
  }

  onClose(listener: () => void): void {
    this.#stream.once("close", listener);
  }
}

// A stream that ends with its last message is gone before Node has heard that the message was sent, which costs it an
// error with a stack trace for each call. With trailers, be they none, it ends after that.
const withTrailers = { waitForTrailers: true };
const noTrailers = {};

const ignore = () => {};

function stopReading(stream: ServerHttp2Stream): void {
  if (!stream.readableEnded) stream.destroy();
}
