import * as http from "node:http";
import type { ExchangeHandler, ProtocolServer } from "./exchange.ts";
import { createHttp1Connections } from "./http1-connections.ts";
import { http1Exchange } from "./http1-exchange.ts";

/** Makes what serves connections of HTTP/1.1; closing, it ends each after its last answer. */
export function createHttp1Server(handler: ExchangeHandler): ProtocolServer {
  const connections = createHttp1Connections();
  const server = http.createServer((request, response) => {
    connections.begin(request.socket, response);
    handler(http1Exchange(request, response));
  });
  return {
    serve(socket) {
      connections.add(socket);
      server.emit("connection", socket);
    },
    close: () => connections.end(),
  };
}
