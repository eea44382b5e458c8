import * as http from "node:http";
import { type Http1Connection, serveHttp1 } from "@trimtab/http";
import { createHttp1Connections } from "./http1-connections.ts";
import { handleHttp1 } from "./http1-exchange.ts";
import type { ProtocolServer, ServingOptions } from "./protocol-server.ts";

/**
 * Makes what serves connections of HTTP/1.1; closing, it ends each after its last answer. Common requests are served without Node's
 * own server, which takes over a connection for good as soon as something else comes on it. Requests that do not come to their end are
 * ended as Node has it unless `options` say otherwise: a head has 60 seconds, all of a request 300, also while the server closes.
 */
export function createHttp1Server(serving: ServingOptions, options: http.ServerOptions = {}): ProtocolServer {
  const common = new Set<Http1Connection>();
  let isClosing = false;
  const connections = createHttp1Connections();
  const server = http.createServer(options, (request, response) => {
    connections.begin(request.socket, response);
    handleHttp1(request, response, serving);
  });
  // Node looks after requests that do not come to their end only where it believes that the server has a port of its own.
  server.emit("listening");
  return {
    serve(socket) {
      const handOver = () => {
        common.delete(connection);
        connections.add(socket);
        server.emit("connection", socket);
        socket.resume();
      };
      const { handler: onExchange, onFault } = serving;
      const { keepAliveTimeout: idleTimeoutMs } = server;
      const connection = serveHttp1(socket, { onExchange, onFault, handOver, idleTimeoutMs });
      common.add(connection);
      socket.once("close", () => common.delete(connection));
      if (isClosing) connection.close();
    },
    close() {
      isClosing = true;
      for (const connection of common) connection.close();
      connections.end(() => server.close());
    },
  };
}
