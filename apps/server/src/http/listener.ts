import { once } from "node:events";
import * as net from "node:net";
import * as tls from "node:tls";
import type { Pulse } from "@trimtab/http";
import type { Listen } from "../listening-settings.ts";
import type { ServingOptions } from "./protocol-server.ts";
import { createHttp1Server } from "./serve-http1.ts";
import { createHttp2Server } from "./serve-http2.ts";
import { sniffProtocol } from "./sniff-protocol.ts";

/** PEM text that TLS is spoken with. */
export interface ListenerTls {
  readonly cert: string;
  readonly key: string;
  /** Authorities whose clients' certificates are asked for; whoever has none is let in all the same. */
  readonly clientCa?: string;
}

/** How to listen. */
export interface ListenerOptions extends ServingOptions {
  readonly listen: Listen;
  /** With it the port speaks TLS, and ALPN chooses the version of HTTP. */
  readonly tls?: ListenerTls;
  /** How long a connection may take to say what it speaks, in milliseconds; 10 000 unless given. */
  readonly firstByteTimeoutMs?: number;
  /** What limits of time are counted by over HTTP/2; by a timer unless given. */
  readonly pulse?: Pulse;
}

/** An open port. */
export interface Listener {
  readonly host: string;
  readonly port: number;
  /** For instance `http://127.0.0.1:7171`. */
  readonly url: string;
  /** Speaks TLS with this from now on to whoever connects; what is open goes on. Nothing where it does not speak TLS. */
  renewTls(tls: ListenerTls): void;
  /**
   * Takes no further connections, lets requests under way finish for at most `graceMs`, and closes every connection.
   * HTTP/2 clients are told to go away at once, so that they do not begin anything new.
   */
  close(graceMs: number): Promise<void>;
}

/**
 * Opens one port for HTTP/1.1 and HTTP/2. In plain text the first bytes of a connection tell which it speaks (RFC 9113,
 * section 3.4: the client's preface), with TLS the handshake does.
 */
export async function openListener(options: ListenerOptions): Promise<Listener> {
  const { listen } = options;
  const sockets = new Set<net.Socket>();
  const http1 = createHttp1Server(options);
  const http2 = createHttp2Server(options, options.pulse);
  const serve: Serve = (socket, isHttp2) => (isHttp2 ? http2 : http1).serve(socket);
  const { server, undecided, renewTls } = createPort(options, serve);
  server.on("connection", (socket: net.Socket) => track(sockets, socket));
  server.listen(listen.port, listen.host);
  await once(server, "listening");
  const { port } = server.address() as net.AddressInfo;
  const host = listen.host.includes(":") ? `[${listen.host}]` : listen.host;
  return {
    host: listen.host,
    port,
    url: `${options.tls === undefined ? "http" : "https"}://${host}:${port}`,
    renewTls,
    async close(graceMs) {
      const closed = once(server, "close");
      server.close();
      http2.close();
      http1.close();
      for (const socket of undecided) socket.destroy();
      // A stream that is destroyed would seem to have ended well but for its status; a connection that is gone is clear.
      const timer = setTimeout(() => {
        for (const socket of sockets) socket.destroy();
      }, graceMs);
      await closed;
      clearTimeout(timer);
    },
  };
}

/** Serves a connection by the version of HTTP that it speaks. */
type Serve = (socket: net.Socket, isHttp2: boolean) => void;

/** A port that tells what its connections speak. */
interface Port {
  readonly server: net.Server;
  /** Connections that have not said yet what they speak; those whose handshake is under way have its time limit. */
  readonly undecided: ReadonlySet<net.Socket>;
  readonly renewTls: (tls: ListenerTls) => void;
}

const defaultFirstByteTimeoutMs = 10_000;

const createPort = ({ tls, firstByteTimeoutMs = defaultFirstByteTimeoutMs }: ListenerOptions, serve: Serve): Port =>
  tls === undefined ? createPlainPort(firstByteTimeoutMs, serve) : createTlsPort(tls, firstByteTimeoutMs, serve);

function createTlsPort(given: ListenerTls, handshakeTimeout: number, serve: Serve): Port {
  const clients = given.clientCa === undefined ? {} : { requestCert: true, rejectUnauthorized: false };
  const options = { ...secretsOf(given), ...clients, ALPNProtocols: ["h2", "http/1.1"], handshakeTimeout };
  const server = tls.createServer({ ...options, noDelay: true }, (socket) => {
    socket.on("error", () => socket.destroy());
    serve(socket, socket.alpnProtocol === "h2");
  });
  server.on("tlsClientError", (_, socket) => socket.destroy());
  return { server, undecided: new Set(), renewTls: (renewed) => server.setSecureContext(secretsOf(renewed)) };
}

const secretsOf = ({ cert, key, clientCa: ca }: ListenerTls) => ({ cert, key, ...(ca !== undefined && { ca }) });

function createPlainPort(firstByteTimeoutMs: number, serve: Serve): Port {
  const undecided = new Set<net.Socket>();
  const server = net.createServer({ noDelay: true }, (socket) => {
    socket.on("error", () => socket.destroy());
    track(undecided, socket);
    sniffProtocol(socket, firstByteTimeoutMs, (isHttp2) => {
      undecided.delete(socket);
      serve(socket, isHttp2);
    });
  });
  return { server, undecided, renewTls: () => {} };
}

function track(set: Set<net.Socket>, socket: net.Socket): void {
  set.add(socket);
  socket.once("close", () => set.delete(socket));
}
