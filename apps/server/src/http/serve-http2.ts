import { type Http2Connection, serveHttp2 } from "@trimtab/http";
import type { ProtocolServer, ServingOptions } from "./protocol-server.ts";

/** Makes what serves connections of HTTP/2; closing, it tells their clients to go away. */
export function createHttp2Server({ handler, onFault }: ServingOptions): ProtocolServer {
  const connections = new Set<Http2Connection>();
  let isClosing = false;
  return {
    serve(socket) {
      const connection = serveHttp2(socket, { onExchange: handler, onFault });
      connections.add(connection);
      socket.once("close", () => connections.delete(connection));
      if (isClosing) connection.close();
    },
    close() {
      isClosing = true;
      for (const connection of connections) connection.close();
    },
  };
}
