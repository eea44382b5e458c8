import { once } from "node:events";
import * as net from "node:net";
import { cutFrames, dataType, endStream, headBytes } from "./cut-frames.ts";
import type { Http2Request } from "./fanout.ts";
import { SendWindow } from "./send-window.ts";

/**
 * A connection of HTTP/2 that is read and written frame by frame, so that the client costs little beside what is measured. It
 * understands no more than the answers of the servers that are measured take.
 */
export interface RawConnection {
  /** Begins a stream; the bytes of its answer are handed over in pieces. Resolves once the answer has begun. */
  watch(request: Http2Request, onData: (piece: Buffer) => void): Promise<void>;
  /** Makes a call, and resolves once its answer is there whole. */
  call(request: Http2Request): Promise<void>;
  close(): void;
}

/** The frames that are sent or looked at beside DATA (RFC 9113, section 6), and flags of theirs. */
const type = { data: dataType, headers: 1, reset: 3, settings: 4, ping: 6, goAway: 7, windowUpdate: 8 };
const endHeaders = 4;

const [initialWindowSetting, most] = [4, 2 ** 31 - 1];

/** The first byte of a head of HPACK that begins with `:status: 200` (RFC 7541, appendix A). */
const status200 = 0x88;

const frameBytes = 16_384;

/** The server is told of more room whenever this much of it is used. */
const replenishBytes = 1 << 24;

interface Stream {
  readonly window: SendWindow;
  onBegin(): void;
  onData(piece: Buffer): void;
  onEnd(): void;
  onFail(reason: Error): void;
}

/** Connects. What goes wrong with one stream fails all of them. */
export async function openRawHttp2(port: number): Promise<RawConnection> {
  const socket = net.connect(port, "127.0.0.1").setNoDelay(true);
  await once(socket, "connect");
  const streams = new Map<number, Stream>();
  const window = new SendWindow(65_535);
  let initialWindow = 65_535;
  let lastId = -1;
  let used = 0;

  const readSettings = (payload: Buffer): void => {
    for (let at = 0; at < payload.length; at += 6)
      if (payload.readUInt16BE(at) === initialWindowSetting) {
        const grown = payload.readUInt32BE(at + 2) - initialWindow;
        initialWindow += grown;
        for (const each of streams.values()) each.window.grow(grown);
      }
    socket.write(frame(type.settings, 1, 0));
  };

  const end = (id: number): void => {
    streams.get(id)?.onEnd();
    streams.delete(id);
  };
  const onFrame = (kind: number, flags: number, id: number, payload: Buffer): void => {
    const stream = streams.get(id);
    const isEnd = kind === type.headers && (flags & endStream) !== 0;
    if (kind === type.headers && (payload[0] === status200 || isEnd)) stream?.onBegin();
    else if (kind === type.settings && (flags & 1) === 0) readSettings(payload);
    else if (kind === type.ping && (flags & 1) === 0) socket.write(frame(type.ping, 1, 0, payload));
    else if (kind === type.windowUpdate) (id === 0 ? window : stream?.window)?.grow(payload.readUInt32BE(0));
    else if (kind === type.reset || kind === type.goAway || kind === type.headers)
      for (const each of streams.values()) each.onFail(new Error(`the server has broken off (${kind})`));
    if (isEnd) end(id);
  };
  const onData = (id: number, piece: Buffer, isEnd: boolean): void => {
    used += piece.length;
    streams.get(id)?.onData(piece);
    if (isEnd) end(id);
  };

  const cut = cutFrames(onFrame, onData);
  socket.on("error", () => {});
  socket.on("data", (chunk: Buffer) => {
    cut(chunk);
    if (used < replenishBytes) return;
    socket.write(frame(type.windowUpdate, 0, 0, number(used)));
    used = 0;
  });
  // A window of 2^31-1 bytes for each stream, which none of them uses up, and as much for all together.
  const ownSettings = Buffer.concat([Buffer.from([0, initialWindowSetting]), number(most)]);
  socket.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  socket.write(
    Buffer.concat([frame(type.settings, 0, 0, ownSettings), frame(type.windowUpdate, 0, 0, number(most - 65_535))]),
  );

  const takeAtOnce = (own: SendWindow, bytes: number): boolean => {
    if (!own.tryTake(bytes)) return false;
    if (window.tryTake(bytes)) return true;
    own.grow(bytes);
    return false;
  };

  const send = async (request: Http2Request, on: Omit<Stream, "window">): Promise<void> => {
    lastId += 2;
    const id = lastId;
    const stream = { ...on, window: new SendWindow(initialWindow) };
    streams.set(id, stream);
    const { body, isOpenEnded = false } = request;
    const head = frame(type.headers, endHeaders, id, block(request));
    if (body.length <= frameBytes && takeAtOnce(stream.window, body.length)) {
      // In one piece, as clients send what is small: two would wake the server twice.
      socket.write(Buffer.concat([head, frame(type.data, isOpenEnded ? 0 : endStream, id, body)]));
      return;
    }
    socket.write(head);
    let at = 0;
    do {
      const length = Math.min(body.length - at, frameBytes);
      await window.take(length);
      await stream.window.take(length);
      const isLast = at + length === body.length && !isOpenEnded;
      socket.cork();
      socket.write(frameHead(type.data, isLast ? endStream : 0, id, length));
      socket.write(body.subarray(at, at + length));
      process.nextTick(() => socket.uncork());
      at += length;
    } while (at < body.length);
  };

  return {
    watch: (request, onData) =>
      new Promise((onBegin, onFail) => {
        const onEnd = () => onFail(new Error("a watch has ended"));
        send(request, { onBegin, onData, onEnd, onFail }).catch(onFail);
      }),
    call: (request) =>
      new Promise((resolve, onFail) => {
        let received = 0;
        const onEnd = () =>
          received > 0 ? resolve() : onFail(new Error(`${request.path} answered without a message`));
        const onData = (piece: Buffer) => {
          received += piece.length;
        };
        send(request, { onBegin() {}, onData, onEnd, onFail }).catch(onFail);
      }),
    close: () => void socket.destroy(),
  };
}

function frameHead(kind: number, flags: number, id: number, length: number): Buffer {
  const head = Buffer.allocUnsafe(headBytes);
  head.writeUInt32BE(length * 256 + kind, 0);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(id, 5);
  return head;
}

const frame = (kind: number, flags: number, id: number, payload: Uint8Array = new Uint8Array()): Buffer =>
  Buffer.concat([frameHead(kind, flags, id, payload.length), payload]);

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** Writes a head as literals without indexing (RFC 7541, section 6.2.2); each text is shorter than 127 bytes. */
function block({ path, contentType }: Http2Request): Buffer {
  const fields = [
    [":method", "POST"],
    [":scheme", "http"],
    [":path", path],
    [":authority", "localhost"],
    ["content-type", contentType],
    ["te", "trailers"],
  ];
  const text = (value: string) => Buffer.concat([Buffer.from([value.length]), Buffer.from(value)]);
  return Buffer.concat(fields.flatMap((field) => [Buffer.alloc(1), ...field.map(text)]));
}
