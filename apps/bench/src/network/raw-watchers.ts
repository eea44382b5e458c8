import { once } from "node:events";
import * as net from "node:net";
import type { Http2Request } from "./fanout.ts";

/** Streams of one connection of HTTP/2 that are read frame by frame, so that reading costs little beside what is measured. */
export interface RawWatchers {
  /** Begins a stream; what comes on it is handed over in pieces. Resolves once its answer has begun. */
  open(request: Http2Request, onData: (piece: Buffer) => void): Promise<void>;
  close(): void;
}

/** The frames that are sent or looked at (RFC 9113, section 6), and flags of theirs. */
const [data, headers, reset, settings, goAway, windowUpdate] = [0, 1, 3, 4, 7, 8];
const [endStream, endHeaders] = [1, 4];

/** The first byte of a head of HPACK that begins with `:status: 200` (RFC 7541, appendix A). */
const status200 = 0x88;

const headBytes = 9;

/** The client is told of more room whenever it has used this much of the connection's. */
const replenishBytes = 1 << 24;

interface Stream {
  begin(): void;
  fail(reason: Error): void;
  readonly onData: (piece: Buffer) => void;
}

/** Connects. What ends a stream, or the connection, is a fault of every watcher that waits for its beginning. */
export async function openRawWatchers(port: number): Promise<RawWatchers> {
  const socket = net.connect(port, "127.0.0.1").setNoDelay(true);
  await once(socket, "connect");
  const streams = new Map<number, Stream>();
  let lastId = -1;
  let used = 0;

  const onFrame = (type: number, flags: number, id: number, payload: Buffer): void => {
    const stream = streams.get(id);
    if (type === data) {
      used += payload.length;
      stream?.onData(payload);
    } else if (type === headers && payload[0] === status200) stream?.begin();
    else if (type === settings && (flags & 1) === 0) socket.write(frame(settings, 1, 0));
    const isOver = type === reset || type === goAway || (type <= headers && (flags & endStream) !== 0);
    const isRefused = type === headers && payload[0] !== status200;
    if (isOver || isRefused) for (const each of streams.values()) each.fail(new Error(`a watch has ended (${type})`));
  };

  let held: Buffer = Buffer.alloc(0);
  socket.on("error", () => {});
  socket.on("data", (chunk: Buffer) => {
    const bytes = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    let at = 0;
    while (at + headBytes <= bytes.length) {
      const lengthAndType = bytes.readUInt32BE(at);
      const end = at + headBytes + (lengthAndType >>> 8);
      if (end > bytes.length) break;
      const id = bytes.readUInt32BE(at + 5);
      onFrame(lengthAndType & 0xff, bytes.readUInt8(at + 4), id, bytes.subarray(at + headBytes, end));
      at = end;
    }
    held = bytes.subarray(at);
    if (used < replenishBytes) return;
    socket.write(frame(windowUpdate, 0, 0, number(used)));
    used = 0;
  });
  // A window of 2^31-1 bytes for each stream, which none of them uses up, and as much for all together.
  const most = 2 ** 31 - 1;
  const ownSettings = Buffer.concat([Buffer.from([0, 4]), number(most)]);
  socket.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  socket.write(Buffer.concat([frame(settings, 0, 0, ownSettings), frame(windowUpdate, 0, 0, number(most - 65_535))]));

  return {
    open(request, onData) {
      lastId += 2;
      const id = lastId;
      const begun = new Promise<void>((begin, fail) => streams.set(id, { begin, fail, onData }));
      const flags = request.isOpenEnded === true ? 0 : endStream;
      socket.write(
        Buffer.concat([frame(headers, endHeaders, id, block(request)), frame(data, flags, id, request.body)]),
      );
      return begun;
    },
    close: () => void socket.destroy(),
  };
}

function frame(type: number, flags: number, id: number, payload: Uint8Array = new Uint8Array()): Buffer {
  const head = Buffer.alloc(headBytes);
  head.writeUInt32BE(payload.length * 256 + type, 0);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(id, 5);
  return Buffer.concat([head, payload]);
}

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
