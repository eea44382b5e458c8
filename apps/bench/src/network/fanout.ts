import * as http2 from "node:http2";
import * as net from "node:net";
import type { Request } from "./h2load.ts";
import { openRawHttp2 } from "./raw-http2.ts";

/** Watchers of one thing, and somebody who changes it; the same whatever serves them. */
export interface Fanout {
  /** Changes it; the change is on its way when this resolves. */
  publish(): Promise<void>;
  close(): void;
}

/** How a fan-out is opened: so many watchers, each delivery is told of. */
export type OpenFanout = (watchers: number, onDelivery: (count: number) => void) => Promise<Fanout>;

/** What is asked over HTTP/2, as bytes. */
export interface Http2Request {
  readonly path: string;
  readonly contentType: string;
  readonly body: Uint8Array;
  /** The request goes on, as etcd's watches do. */
  readonly isOpenEnded?: boolean;
}

/** A request as it is sent over a connection that is there. */
export const toHttp2 = ({ url, contentType, body }: Request): Http2Request => ({
  path: new URL(url).pathname,
  contentType,
  body,
});

/** How watching and publishing go over HTTP/2. */
export interface Http2Fanout {
  readonly port: number;
  readonly watch: Http2Request;
  readonly publish: Http2Request;
  /** Messages with which each watch begins. */
  readonly greetings: number;
}

/**
 * Watches by streams of one connection, each of whose messages is in an envelope. They are read as frames: with Node's own client most
 * of what is measured would be that client.
 */
export const overHttp2 =
  ({ port, watch, publish, greetings }: Http2Fanout): OpenFanout =>
  async (watchers, onDelivery) => {
    const [reading, writing] = [await openRawHttp2(port), await connectHttp2(port)];
    const begun = Array.from({ length: watchers }, async () => {
      let toGreet = greetings;
      let greeted = () => {};
      const hasGreeted = greetings === 0 ? undefined : new Promise<void>((resolve) => (greeted = resolve));
      const onCount = (count: number): void => {
        const first = Math.min(toGreet, count);
        toGreet -= first;
        if (first > 0 && toGreet === 0) greeted();
        if (count > first) onDelivery(count - first);
      };
      await reading.watch(watch, countEnvelopes(onCount));
      await hasGreeted;
    });
    await Promise.all(begun);
    return {
      publish: () => call(writing, publish),
      close() {
        reading.close();
        writing.destroy();
      },
    };
  };

/** Opens a connection of HTTP/2. */
export function connectHttp2(port: number): Promise<http2.ClientHttp2Session> {
  // Windows large enough not to be what is measured.
  const session = http2.connect(`http://127.0.0.1:${port}`, { settings: { initialWindowSize: 1 << 20 } });
  return new Promise((resolve, reject) => {
    session.once("error", reject);
    session.once("connect", () => {
      session.setLocalWindowSize(1 << 24);
      session.on("error", () => {});
      resolve(session);
    });
  });
}

function send(session: http2.ClientHttp2Session, { path, contentType, body, isOpenEnded }: Http2Request) {
  const stream = session.request({ ":method": "POST", ":path": path, "content-type": contentType, te: "trailers" });
  if (isOpenEnded) stream.write(body);
  else stream.end(body);
  return stream;
}

/** Makes a call whose answer says no more than that it went well. */
export function call(session: http2.ClientHttp2Session, request: Http2Request): Promise<void> {
  const stream = send(session, request);
  return new Promise((resolve, reject) => {
    let status = 0;
    let grpcStatus: unknown = "0";
    const note = (fields: http2.IncomingHttpHeaders) => {
      grpcStatus = fields["grpc-status"] ?? grpcStatus;
    };
    stream.on("response", (fields) => {
      status = Number(fields[":status"]);
      note(fields);
    });
    stream.on("trailers", note).on("error", reject).resume();
    stream.on("end", () => {
      if (status === 200 && grpcStatus === "0") resolve();
      else reject(new Error(`${request.path} answered ${status}, ${String(grpcStatus)}`));
    });
  });
}

/** Makes a function that is given the bytes of a stream as they come and counts the messages in them. */
function countEnvelopes(onCount: (count: number) => void): (chunk: Buffer) => void {
  let left: Buffer = Buffer.alloc(0);
  return (chunk) => {
    const bytes = left.length === 0 ? chunk : Buffer.concat([left, chunk]);
    let count = 0;
    let at = 0;
    while (at + 5 <= bytes.length) {
      const next = at + 5 + bytes.readUInt32BE(at + 1);
      if (next > bytes.length) break;
      at = next;
      count++;
    }
    left = bytes.subarray(at);
    if (count > 0) onCount(count);
  };
}

/** How watching and publishing go over a protocol of lines. */
export interface LineFanout {
  readonly port: number;
  /** What a watcher says first, and how many bytes it hears before it watches. */
  readonly subscribe: string;
  readonly greeting: (text: string) => boolean;
  readonly publish: string;
  /** Bytes in which a watcher hears of a change; always as many. */
  readonly deliveryBytes: number;
}

/** Watches by connections of their own, where every delivery is the same bytes. */
export const overLines =
  ({ port, subscribe, greeting, publish, deliveryBytes }: LineFanout): OpenFanout =>
  async (watchers, onDelivery) => {
    const open = async (onData: (chunk: Buffer) => void) => {
      const socket = net.connect(port, "127.0.0.1").setNoDelay(true);
      await new Promise((resolve, reject) => socket.once("connect", resolve).once("error", reject));
      return socket.on("data", onData);
    };
    const opened = Array.from({ length: watchers }, async () => {
      let text: string | undefined = "";
      let bytes = 0;
      let begin = () => {};
      const begun = new Promise<void>((resolve) => {
        begin = resolve;
      });
      const socket = await open((chunk) => {
        if (text !== undefined) {
          text += chunk.toString("latin1");
          if (!greeting(text)) return;
          text = undefined;
          return void begin();
        }
        bytes += chunk.length;
        const count = Math.floor(bytes / deliveryBytes);
        bytes -= count * deliveryBytes;
        if (count > 0) onDelivery(count);
      });
      socket.write(subscribe);
      await begun;
      return socket;
    });
    const sockets = await Promise.all(opened);
    const writer = await open(() => {});
    return {
      publish: async () => void writer.write(publish),
      close: () => [...sockets, writer].forEach((socket) => void socket.destroy()),
    };
  };
