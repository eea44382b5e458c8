import type * as http from "node:http";
import type * as net from "node:net";

/** The connections of a port that speak HTTP/1.1, so that each can be ended as soon as nothing is under way on it. */
export interface Http1Connections {
  /** Takes a connection in, until it closes. */
  add(socket: net.Socket): void;
  /** Notes that a request is under way, until its response closes. */
  begin(socket: net.Socket, response: http.ServerResponse): void;
  /** Ends connections without a request under way now, and every other one after its last response. */
  end(): void;
}

/** Makes the record of a port's connections. */
export function createHttp1Connections(): Http1Connections {
  // A client may send requests ahead, so a connection can have several under way.
  const underWay = new Map<net.Socket, number>();
  let ending = false;
  return {
    add(socket) {
      underWay.set(socket, 0);
      socket.once("close", () => underWay.delete(socket));
    },
    begin(socket, response) {
      underWay.set(socket, (underWay.get(socket) ?? 0) + 1);
      if (ending) response.shouldKeepAlive = false;
      response.once("close", () => {
        const left = (underWay.get(socket) ?? 1) - 1;
        if (underWay.has(socket)) underWay.set(socket, left);
        if (ending && left === 0) socket.destroySoon();
      });
    },
    end() {
      ending = true;
      for (const [socket, requests] of underWay) if (requests === 0) socket.destroySoon();
    },
  };
}
