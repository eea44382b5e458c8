import { type Http2Connection, type Pulse, serveHttp2 } from "@trimtab/http";
import type { ProtocolServer, ServingOptions } from "./protocol-server.ts";

/** Makes what serves connections of HTTP/2, whose limits of time are counted by a pulse; closing, it tells their clients to go away. */
export function createHttp2Server({ handler, onFault }: ServingOptions, pulse?: Pulse): ProtocolServer {
  const connections = new Set<Http2Connection>();
  let isClosing = false;
  return {
    serve(socket) {
      const connection = serveHttp2(socket, { onExchange: handler, onFault, ...(pulse !== undefined && { pulse }) });
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
