import { once } from "node:events";
import * as http from "node:http";
import * as http2 from "node:http2";
import * as net from "node:net";
import type { TLSSocket } from "node:tls";
import { createHttp1Connections, type Http1Connections } from "./http1-connections.ts";
import type { Listen } from "./listening-settings.ts";

/** Handles a request of either version of HTTP; Node gives those of HTTP/2 the surface of HTTP/1.1. */
export type RequestHandler = (request: http.IncomingMessage, response: http.ServerResponse) => void;

/** The same handler as Node's HTTP/2 servers are typed to take it. */
type Http2Handler = (request: http2.Http2ServerRequest, response: http2.Http2ServerResponse) => void;

/** Handles a stream of HTTP/2 without that surface, or says `false` and leaves it to the {@link RequestHandler}. */
export type StreamHandler = (stream: http2.ServerHttp2Stream, headers: http2.IncomingHttpHeaders) => boolean;

type Http2StreamListener = (
  stream: http2.ServerHttp2Stream,
  headers: http2.IncomingHttpHeaders,
  flags: number,
  rawHeaders: string[],
) => void;

/** PEM text that TLS is spoken with. */
export interface ListenerTls {
  readonly cert: string;
  readonly key: string;
  /** Authorities whose clients' certificates are asked for; whoever has none is let in all the same. */
  readonly clientCa?: string;
}

/** How to listen. */
export interface ListenerOptions {
  readonly listen: Listen;
  readonly handler: RequestHandler;
  /** Is offered every stream of HTTP/2 first. */
  readonly streamHandler?: StreamHandler;
  /** With it the port speaks TLS, and ALPN chooses the version of HTTP. */
  readonly tls?: ListenerTls;
  /** How long a connection may take to say what it speaks, in milliseconds; 10 000 unless given. */
  readonly firstByteTimeoutMs?: number;
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
  const { listen, tls } = options;
  const sockets = new Set<net.Socket>();
  const sessions = new Set<http2.ServerHttp2Session>();
  const http1 = createHttp1Connections();
  const open = tls === undefined ? createPlainServer(options, http1) : createTlsServer({ ...options, tls }, http1);
  open.server.on("connection", (socket: net.Socket) => track(sockets, socket));
  open.http2Server.on("session", (session: http2.ServerHttp2Session) => {
    track(sessions, session);
    session.setLocalWindowSize(windowBytes.connection);
  });
  open.server.listen(listen.port, listen.host);
  await once(open.server, "listening");
  const { port } = open.server.address() as net.AddressInfo;
  const host = listen.host.includes(":") ? `[${listen.host}]` : listen.host;
  return {
    host: listen.host,
    port,
    url: `${tls === undefined ? "http" : "https"}://${host}:${port}`,
    renewTls: (renewed) => open.renewTls?.(renewed),
    async close(graceMs) {
      const closed = once(open.server, "close");
      open.server.close();
      for (const session of sessions) session.close();
      http1.end();
      for (const socket of open.undecided) socket.destroy();
      // A stream that is destroyed would seem to have ended well but for its status; a connection that is gone is clear.
      const timer = setTimeout(() => {
        for (const socket of sockets) socket.destroy();
      }, graceMs);
      await closed;
      clearTimeout(timer);
    },
  };
}

function track<T extends { once(event: "close", listener: () => void): unknown }>(set: Set<T>, item: T): void {
  set.add(item);
  item.once("close", () => set.delete(item));
}

interface OpenServer {
  /** The server that owns the port. */
  readonly server: net.Server;
  readonly http2Server: http2.Http2Server | http2.Http2SecureServer;
  /** Connections that have not said yet what they speak. */
  readonly undecided: ReadonlySet<net.Socket>;
  readonly renewTls?: (tls: ListenerTls) => void;
}

const defaultFirstByteTimeoutMs = 10_000;

/**
 * Bytes that a caller may send ahead, on one stream and on all of a connection. With the 64 KiB that HTTP/2 begins with, a
 * large value would wait for leave to go on a thousand times.
 */
const windowBytes = { stream: 1 << 20, connection: 8 << 20 };
const windows = { settings: { initialWindowSize: windowBytes.stream } };

function createTlsServer(given: ListenerOptions & { tls: ListenerTls }, http1: Http1Connections): OpenServer {
  const { handler, tls, firstByteTimeoutMs = defaultFirstByteTimeoutMs } = given;
  const handleHttp1: Http2Handler = (request, response) => {
    const [request1, response1] = [request, response] as unknown as Parameters<RequestHandler>;
    http1.begin(request1.socket, response1);
    handler(request1, response1);
  };
  const clients = tls.clientCa === undefined ? {} : { requestCert: true, rejectUnauthorized: false };
  const options = { ...secretsOf(tls), ...clients, allowHTTP1: true, handshakeTimeout: firstByteTimeoutMs };
  const server = http2.createSecureServer(options, handleHttp1);
  serveStreams(server, given);
  server.on("secureConnection", (socket: TLSSocket) => {
    if (socket.alpnProtocol !== "h2") http1.add(socket);
  });
  // A handshake under way has its own time limit, and the grace period.
  const renewTls = (renewed: ListenerTls) => server.setSecureContext(secretsOf(renewed));
  return { server, http2Server: server, undecided: new Set(), renewTls };
}

const secretsOf = ({ cert, key, clientCa: ca }: ListenerTls) => ({ cert, key, ...(ca !== undefined && { ca }) });

function createPlainServer(given: ListenerOptions, http1: Http1Connections): OpenServer {
  const { handler, firstByteTimeoutMs = defaultFirstByteTimeoutMs } = given;
  const http1Server = http.createServer((request, response) => {
    http1.begin(request.socket, response);
    handler(request, response);
  });
  const http2Server = http2.createServer(windows);
  serveStreams(http2Server, given);
  const undecided = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    socket.setNoDelay(true);
    socket.on("error", () => socket.destroy());
    track(undecided, socket);
    sniff(socket, firstByteTimeoutMs, (isHttp2) => {
      undecided.delete(socket);
      if (!isHttp2) http1.add(socket);
      (isHttp2 ? http2Server : http1Server).emit("connection", socket);
    });
  });
  return { server, http2Server, undecided };
}

/**
 * Has the streams of a server offered to the stream handler, and given the surface of HTTP/1.1 where it does not take
 * them. Node gives it to all streams of a server or none, so that is done by a server of its own, which never listens.
 */
function serveStreams(
  server: http2.Http2Server | http2.Http2SecureServer,
  { handler, streamHandler = () => false }: ListenerOptions,
): void {
  const compatible = http2.createServer(withoutUnreadRequests(handler));
  server.removeAllListeners("stream");
  const serve: Http2StreamListener = (stream, headers, flags, rawHeaders) => {
    if (!streamHandler(stream, headers)) compatible.emit("stream", stream, headers, flags, rawHeaders);
  };
  server.on("stream", serve);
}

/**
 * Once a request is answered whole, what its client still sends is of no use: the stream is reset without an error
 * (RFC 9113, section 8.1). Left open, it would keep bytes that count against all other calls of the connection.
 */
function withoutUnreadRequests(handler: RequestHandler): Http2Handler {
  return (request, response) => {
    const { stream } = response;
    const reset = () => {
      if (!request.complete) stream.destroy();
    };
    // By then the answer is sent but for its last frame, and that one goes out before the reset.
    stream.once("wantTrailers", () => setImmediate(reset));
    handler(request as unknown as http.IncomingMessage, response as unknown as http.ServerResponse);
  };
}

/** The beginning of the client's preface that no request of HTTP/1.1 shares. */
const preface = Buffer.from("PRI * HTTP/2");

/** Reads just enough of a connection to know its protocol, however the bytes are split, and gives them back. */
function sniff(socket: net.Socket, timeoutMs: number, decide: (isHttp2: boolean) => void): void {
  let seen: Buffer = Buffer.alloc(0);
  const timer = setTimeout(() => socket.destroy(), timeoutMs);
  const stop = () => {
    clearTimeout(timer);
    socket.off("data", onData);
    socket.off("close", stop);
  };
  const onData = (chunk: Buffer) => {
    seen = Buffer.concat([seen, chunk]);
    const length = Math.min(seen.length, preface.length);
    const agrees = seen.subarray(0, length).equals(preface.subarray(0, length));
    if (agrees && length < preface.length) return;
    stop();
    socket.pause();
    socket.unshift(seen);
    decide(agrees);
    // HTTP/2 takes the connection's handle over and must find it at rest; HTTP/1.1 reads it as a stream.
    if (!agrees) socket.resume();
  };
  socket.on("data", onData);
  socket.once("close", stop);
}
