import * as http2 from "node:http2";
import type { ExchangeHandler, ProtocolServer } from "./exchange.ts";
import { http2Exchange } from "./http2-exchange.ts";

/**
 * Bytes that a caller may send ahead, on one stream and on all of a connection. With the 64 KiB that HTTP/2 begins with, a
 * large value would wait for leave to go on a thousand times.
 */
const windowBytes = { stream: 1 << 20, connection: 8 << 20 };

/** Makes what serves connections of HTTP/2; closing, it tells their clients to go away. */
export function createHttp2Server(handler: ExchangeHandler): ProtocolServer {
  const sessions = new Set<http2.ServerHttp2Session>();
  const server = http2.createServer({ settings: { initialWindowSize: windowBytes.stream } });
  let isClosing = false;
  server.on("session", (session: http2.ServerHttp2Session) => {
    sessions.add(session);
    session.once("close", () => sessions.delete(session));
    session.setLocalWindowSize(windowBytes.connection);
    if (isClosing) session.close();
  });
  server.on("stream", (stream, headers) => handler(http2Exchange(stream, headers)));
  return {
    serve: (socket) => void server.emit("connection", socket),
    close() {
      isClosing = true;
      for (const session of sessions) session.close();
    },
  };
}
