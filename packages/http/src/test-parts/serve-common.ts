import { once } from "node:events";
import * as http from "node:http";
import * as net from "node:net";
import { expect, onTestFinished } from "vitest";
import type { Exchange } from "../exchange.ts";
import { type Http1Connection, serveHttp1 } from "../http1/serve-http1.ts";
import { closing } from "./closing.ts";

/** What is served at a port. */
export interface Served {
  readonly port: number;
  readonly connections: Http1Connection[];
  /** The server's ends of them. */
  readonly sockets: net.Socket[];
  /** What was handed over, as Node's own server then read it. */
  readonly handedOver: string[];
  /** Connections that were handed over. */
  readonly takenOver: net.Socket[];
  /** What handlers, readers and listeners have thrown. */
  readonly faults: unknown[];
}

/** Serves connections by `onExchange`, and those handed over by a server of Node's. */
export async function serve(onExchange: (exchange: Exchange) => void, idleTimeoutMs = 5000): Promise<Served> {
  const handedOver: string[] = [];
  const node = http.createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    handedOver.push(`${request.method} ${request.url} ${body}`);
    response.end("by Node");
  });
  const connections: Http1Connection[] = [];
  const takenOver: net.Socket[] = [];
  const sockets: net.Socket[] = [];
  const faults: unknown[] = [];
  const server = net.createServer((socket) => {
    socket.on("error", () => {});
    sockets.push(socket);
    const handOver = () => {
      takenOver.push(socket);
      node.emit("connection", socket);
      socket.resume();
    };
    connections.push(
      serveHttp1(socket, { onExchange, onFault: (error) => faults.push(error), handOver, idleTimeoutMs }),
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return { port: (server.address() as net.AddressInfo).port, connections, sockets, handedOver, takenOver, faults };
}

/** A connection, and all that has come back on it. */
export function connect({ port }: Served) {
  const socket = net.connect(port, "127.0.0.1");
  const closed = closing(socket);
  onTestFinished(() => void socket.destroy());
  let heard = "";
  socket.setEncoding("latin1").on("data", (text: string) => {
    heard += text;
  });
  const hears = (text: string) => expect.poll(() => heard, { interval: 1 }).toContain(text);
  return { socket, closed, hears, heard: () => heard, send: (text: string) => void socket.write(text, "latin1") };
}

/** A common request. */
export const post = (body: string, path = "/p", fields = "") =>
  `POST ${path} HTTP/1.1\r\nhost: x\r\n${fields}content-length: ${body.length}\r\n\r\n${body}`;

/** Answers with what was sent. */
export function echo(exchange: Exchange): void {
  const chunks: Buffer[] = [];
  exchange.read({
    onData: (bytes) => void chunks.push(bytes),
    onEnd() {
      exchange.start(200, { "content-type": "text/plain" });
      exchange.end({ bytes: Buffer.concat([Buffer.from(`${exchange.path}=`), ...chunks]) });
    },
  });
}
