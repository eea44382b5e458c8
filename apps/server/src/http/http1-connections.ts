import type * as http from "node:http";
import type * as net from "node:net";

/** The connections of a port that speak HTTP/1.1, so that each can be ended as soon as nothing is under way on it. */
export interface Http1Connections {
  /** Takes a connection in, until it closes. */
  add(socket: net.Socket): void;
  /** Notes that a request is under way, until its response closes. */
  begin(socket: net.Socket, response: http.ServerResponse): void;
  /** Ends connections without a request under way now, and every other one after its last response; calls back once all are gone. */
  end(onGone: () => void): void;
}

interface Connection {
  /** A client may send requests ahead, so there can be several. */
  underWay: number;
  /** Hears of every response that has closed; one function for all of them, since there is one for every request. */
  readonly onResponseClose: () => void;
}

/** Makes the record of a port's connections. */
export function createHttp1Connections(): Http1Connections {
  const connections = new Map<net.Socket, Connection>();
  let ending: (() => void) | undefined;
  const add = (socket: net.Socket): void => {
    const connection: Connection = {
      underWay: 0,
      onResponseClose() {
        connection.underWay--;
        if (ending !== undefined && connection.underWay === 0) socket.destroySoon();
      },
    };
    connections.set(socket, connection);
    socket.once("close", () => {
      connections.delete(socket);
      if (connections.size === 0) ending?.();
    });
  };
  return {
    add,
    begin(socket, response) {
      const connection = connections.get(socket);
      if (connection === undefined) return;
      connection.underWay++;
      if (ending !== undefined) response.shouldKeepAlive = false;
      response.on("close", connection.onResponseClose);
    },
    end(onGone) {
      ending = onGone;
      if (connections.size === 0) onGone();
      for (const [socket, { underWay }] of connections) if (underWay === 0) socket.destroySoon();
    },
  };
}
