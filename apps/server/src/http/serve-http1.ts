import * as http from "node:http";
import type { ExchangeHandler, ProtocolServer } from "./exchange.ts";
import { createHttp1Connections } from "./http1-connections.ts";
import { http1Exchange } from "./http1-exchange.ts";

/**
 * Makes what serves connections of HTTP/1.1; closing, it ends each after its last answer. Requests that do not come to their end are
 * ended as Node has it unless `options` say otherwise: a head has 60 seconds, all of a request 300.
 */
export function createHttp1Server(handler: ExchangeHandler, options: http.ServerOptions = {}): ProtocolServer {
  const connections = createHttp1Connections();
  const server = http.createServer(options, (request, response) => {
    connections.begin(request.socket, response);
    handler(http1Exchange(request, response));
  });
  // Node looks after requests that do not come to their end only where it believes that the server has a port of its own.
  server.emit("listening");
  return {
    serve(socket) {
      connections.add(socket);
      server.emit("connection", socket);
    },
    close: () => connections.end(() => server.close()),
  };
}
