import type { Socket } from "node:net";
import type { Exchange } from "../exchange.ts";
import { releaseMemory } from "../release-memory.ts";
import { Connection } from "./connection.ts";
import { ConnectionError, fault } from "./connection-error.ts";
import { FrameReader } from "./frame-reader.ts";
import { IncomingFrames } from "./incoming-frames.ts";
import { defaultLimits, type Http2Limits } from "./limits.ts";
import { preface } from "./protocol.ts";

/** How a connection is served. */
export interface Http2Options {
  /** Is given every request, as soon as its head has come. */
  readonly onExchange: (stream: Exchange) => void;
  /** Hears of what `onExchange`, readers and listeners have thrown. That ends their exchange, with 500 if it was not answered. */
  readonly onFault: (error: unknown) => void;
  /** What the connection may take; what is left out has its default. */
  readonly limits?: Partial<Http2Limits>;
}

/** A connection that is being served. */
export interface Http2Connection {
  /** Requests that are under way. */
  readonly streamCount: number;
  /** Tells the client to begin nothing more, and ends the connection once what is under way is done. */
  close(): void;
}

/**
 * Serves HTTP/2 (RFC 9113) on a connection whose client begins with the preface, in plain text or over TLS. What was read of it before is
 * put back with `unshift`. Faults of the client end its stream or the connection; they never throw.
 */
export function serveHttp2(socket: Socket, { onExchange, onFault, limits }: Http2Options): Http2Connection {
  const connection = new Connection(socket, { limits: { ...defaultLimits, ...limits }, onExchange, onFault });
  const frames = new FrameReader(new IncomingFrames(connection));
  let prefaceLeft = preface;
  const take = (chunk: Buffer): void => {
    let bytes = chunk;
    if (prefaceLeft.length > 0) {
      const length = Math.min(prefaceLeft.length, chunk.length);
      if (!prefaceLeft.subarray(0, length).equals(chunk.subarray(0, length))) throw fault("no preface of HTTP/2");
      prefaceLeft = prefaceLeft.subarray(length);
      bytes = chunk.subarray(length);
    }
    frames.push(bytes);
  };
  socket.on("data", (chunk: Buffer) => {
    if (connection.isOver) return;
    connection.isChunkKept = false;
    try {
      take(chunk);
      if (!connection.isChunkKept) releaseMemory(chunk);
      connection.holdBack();
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      connection.fail(error);
    }
  });
  socket.on("end", () => connection.hangUp());
  socket.on("error", () => socket.destroy());
  socket.on("close", () => connection.drop());
  return {
    get streamCount() {
      return connection.streams.size;
    },
    close: () => connection.leave(),
  };
}
