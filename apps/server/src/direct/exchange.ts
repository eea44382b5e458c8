import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { IncomingHttpHeaders as Http2Headers, ServerHttp2Stream } from "node:http2";
import type { Readable } from "node:stream";
import type { Ending } from "./dialects.ts";

/** One request and its answer, in either version of HTTP. */
export interface Exchange {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly request: Readable;
  readonly remoteAddress: string | undefined;
  /** Trailers of HTTP can be sent. */
  readonly hasTrailers: boolean;
  /** The caller has gone, or the answer is sent. */
  readonly isClosed: boolean;
  /** Sends the head of the answer. */
  start(status: number, headers: OutgoingHttpHeaders, trailers: boolean): void;
  /** Sends bytes; `false` asks to wait for `onDrain`. */
  write(bytes: Uint8Array): boolean;
  end(ending: Ending): void;
  onDrain(listener: () => void): void;
  onClose(listener: () => void): void;
}

/** Makes the exchange of a stream of HTTP/2. */
export function http2Exchange(stream: ServerHttp2Stream, headers: Http2Headers): Exchange {
  // What breaks off a stream is told by its closing.
  stream.on("error", ignore);
  return {
    method: headers[":method"],
    path: headers[":path"],
    headers,
    request: stream,
    hasTrailers: true,
    get remoteAddress() {
      return stream.session?.socket.remoteAddress;
    },
    get isClosed() {
      return stream.closed || stream.destroyed;
    },
    start(status, fields, trailers) {
      stream.respond({ ":status": status, ...fields }, { waitForTrailers: trailers });
    },
    write: (bytes) => stream.write(bytes),
    end({ bytes, trailers }) {
      const isRead = stream.readableEnded;
      if (trailers !== undefined) {
        stream.once("wantTrailers", () => {
          stream.sendTrailers(trailers);
          if (!isRead) setImmediate(stopReading, stream);
        });
      } else if (!isRead) stream.once("finish", () => setImmediate(stopReading, stream));
      stream.end(bytes);
    },
    onDrain: (listener) => void stream.once("drain", listener),
    onClose: (listener) => void stream.once("close", listener),
  };
}

const ignore = () => {};

/** What a caller still sends after its answer would count against all other calls of its connection. */
function stopReading(stream: ServerHttp2Stream): void {
  if (!stream.readableEnded) stream.destroy();
}

/** Makes the exchange of a request of HTTP/1.1. */
export function http1Exchange(request: IncomingMessage, response: ServerResponse): Exchange {
  return {
    method: request.method,
    path: request.url,
    headers: request.headers,
    request,
    hasTrailers: false,
    get remoteAddress() {
      return request.socket.remoteAddress;
    },
    get isClosed() {
      return response.closed || response.destroyed;
    },
    start: (status, fields) => void response.writeHead(status, fields),
    write: (bytes) => response.write(bytes),
    end({ bytes }) {
      response.end(bytes);
      // What is left of the request is taken, so that the connection can go on.
      if (!request.readableEnded) request.resume();
    },
    onDrain: (listener) => void response.once("drain", listener),
    onClose: (listener) => void response.once("close", listener),
  };
}
