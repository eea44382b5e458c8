// What Node's own HTTP can do without anything above it: an echo, streams of events, uploads and downloads. A process of
// its own, started with ports for HTTP/2, HTTP/1.1 and bare
// sockets.
import * as http from "node:http";
import * as http2 from "node:http2";
import * as net from "node:net";

const [http2Port = 0, http1Port = 0, socketPort = 0] = process.argv.slice(2).map(Number);

/** As large as the answer to a read of a small variable. */
const answer = Buffer.alloc(143, 1);
const watchers = new Set<http2.ServerHttp2Stream>();

const routes: Readonly<Record<string, (stream: http2.ServerHttp2Stream) => void>> = {
  "/watch": (stream) => {
    stream.respond({ ":status": 200, "content-type": "application/octet-stream" });
    watchers.add(stream);
    stream.on("close", () => watchers.delete(stream));
  },
  // One event, encoded once, to everyone who watches.
  "/publish": (stream) =>
    readAll(stream, (event) => {
      for (const watcher of watchers) watcher.write(event);
      stream.respond({ ":status": 200 });
      stream.end();
    }),
  // What is sent is kept in one piece, as it must be to be of use.
  "/upload": (stream) =>
    keep(stream, () => {
      stream.respond({ ":status": 200 });
      stream.end();
    }),
  "/download": (stream) => {
    stream.respond({ ":status": 200 });
    stream.end(bulk);
  },
  "/echo": (stream) =>
    readAll(stream, () => {
      stream.respond({ ":status": 200, "content-type": "application/proto" });
      stream.end(answer);
    }),
};

function readAll(stream: http2.ServerHttp2Stream, use: (body: Buffer) => void): void {
  const chunks: Buffer[] = [];
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  stream.on("end", () => use(Buffer.concat(chunks)));
}

/** As large as the tensors that are measured. */
const bulk = Buffer.alloc(64 * 1024 * 1024);
/** The last that was sent. */
const kept: { bytes?: Buffer } = {};

/** Takes as many bytes into memory of their own. */
function keep(stream: NodeJS.ReadableStream, onAll: () => void): void {
  const room = Buffer.allocUnsafeSlow(bulk.length);
  let size = 0;
  stream.on("data", (chunk: Buffer) => {
    room.set(chunk, size);
    size += chunk.length;
    if (size < room.length) return;
    kept.bytes = room;
    onAll();
  });
}

const server = http2.createServer({ settings: { initialWindowSize: 1 << 20 } });
server.on("session", (session) => session.setLocalWindowSize(8 << 20));
server.on("stream", (stream, headers) => {
  stream.on("error", () => {});
  routes[headers[":path"] ?? ""]?.(stream);
});
server.listen(http2Port, "127.0.0.1");

const http1Server = http.createServer((request, response) => {
  request.resume().on("end", () => {
    response.writeHead(200, { "content-type": "application/proto", "content-length": answer.length });
    response.end(answer);
  });
});
http1Server.listen(http1Port, "127.0.0.1");

// The first byte of a connection says which way as many go: 0 for here, 2 for here to be kept.
net
  .createServer((socket) => {
    let received = 0;
    socket.on("error", () => {});
    socket.once("data", (first: Buffer) => {
      if (first[0] === 1) return void socket.write(bulk);
      if (first.length > 1) socket.unshift(first.subarray(1));
      if (first[0] === 2) return void keep(socket, () => socket.write("k"));
      socket.on("data", (chunk: Buffer) => {
        received += chunk.length;
        if (received === bulk.length) socket.write("k");
      });
    });
  })
  .listen(socketPort, "127.0.0.1");

process.once("SIGTERM", () => process.exit(0));
