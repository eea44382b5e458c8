import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { onTestFinished } from "vitest";
import { defaultLimits, type Exchange, type Http2Limits } from "../../index.ts";
import type { Connection } from "../connection.ts";
import { serveConnection } from "../serve-connection.ts";
import type { KeyPair } from "./key-pair.ts";
import { createManualPulse, type ManualPulse } from "./manual-pulse.ts";

/** What a handler is given. */
export type Stream = Exchange;

/** A server of HTTP/2, and what has become of its connections and streams. */
export interface Served {
  readonly port: number;
  readonly connections: readonly Connection[];
  /** Times are counted by this. */
  readonly pulse: ManualPulse;
  /** The server's ends of them. */
  readonly sockets: readonly Socket[];
  /** Every stream that a handler was given, in order. */
  readonly streams: readonly Stream[];
  /** How often each of them has closed. */
  readonly closings: ReadonlyMap<Stream, number>;
  /** What handlers, readers and listeners have thrown. */
  readonly faults: readonly unknown[];
  /** Streams that connections still know. */
  openStreams(): number;
}

/** Reads the request whole, and answers with how many bytes it had. */
export function answer(stream: Stream): void {
  let bytes = 0;
  stream.read({
    onData: (chunk) => {
      bytes += chunk.length;
    },
    onEnd: () => {
      stream.start(200, { "content-type": "text/plain" });
      stream.end({ bytes: Buffer.from(`${bytes} bytes`) });
    },
  });
}

/**
 * Serves HTTP/2 on a port of its own until the test has ended, over TLS where there is a key. That a client says nothing more ends no
 * plain socket by itself.
 */
export async function serve(
  onStream: (stream: Stream) => void = answer,
  limits: Partial<Http2Limits> = {},
  keyPair?: KeyPair,
): Promise<Served> {
  const connections: Connection[] = [];
  const pulse = createManualPulse();
  const sockets: Socket[] = [];
  const streams: Stream[] = [];
  const faults: unknown[] = [];
  const closings = new Map<Stream, number>();
  const onExchange = (stream: Stream) => {
    streams.push(stream);
    stream.onClose(() => closings.set(stream, (closings.get(stream) ?? 0) + 1));
    onStream(stream);
  };
  const take = (socket: Socket) => {
    sockets.push(socket);
    const onFault = (error: unknown) => faults.push(error);
    connections.push(serveConnection(socket, { onExchange, onFault, limits: { ...defaultLimits, ...limits } }, pulse));
  };
  const server =
    keyPair === undefined
      ? createServer({ noDelay: true, allowHalfOpen: true }, take)
      : createTlsServer({ ...keyPair, ALPNProtocols: ["h2"], noDelay: true }, take);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const { port } = server.address() as AddressInfo;
  const openStreams = () => connections.reduce((sum, { streams: open }) => sum + open.size, 0);
  return { port, connections, pulse, sockets, streams, closings, faults, openStreams };
}
