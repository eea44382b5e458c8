import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { fieldBytes, writeField, writeTableSizeUpdate } from "../header-encoder.ts";

type Field = readonly [name: string, value: string];

const HEADERS = 0x1;
const SETTINGS = 0x4;
const CONTINUATION = 0x9;
const END_STREAM = 0x1;
const ACK = 0x1;
const END_HEADERS = 0x4;
const PADDED = 0x8;
const PRIORITY = 0x20;

const PREFACE_BYTES = 24;
const FRAME_HEAD_BYTES = 9;
const SETTINGS_HEADER_TABLE_SIZE = 0x1;

/** Settings of a server that takes header blocks. */
export interface BlockServerOptions {
  /** The SETTINGS_HEADER_TABLE_SIZE that it announces; what HTTP/2 has by default if not given. */
  readonly tableBytes?: number;
  /** Is given every block in its turn. */
  readonly onBlock: (block: Buffer) => void;
  /** The fields of the answer to every request. */
  readonly answer: readonly Field[];
}

const frame = (type: number, flags: number, stream: number, payload: Buffer) => {
  const head = Buffer.alloc(FRAME_HEAD_BYTES);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
};

function settings(tableBytes: number | undefined): Buffer {
  if (tableBytes === undefined) return Buffer.alloc(0);
  const payload = Buffer.alloc(6);
  payload.writeUInt16BE(SETTINGS_HEADER_TABLE_SIZE, 0);
  payload.writeUInt32BE(tableBytes, 2);
  return payload;
}

function answerBlock(fields: readonly Field[], isFirst: boolean): Buffer {
  const target = Buffer.alloc(fields.reduce((sum, [name, value]) => sum + fieldBytes(name, value), 6));
  const start = isFirst ? writeTableSizeUpdate(target, 0, 0) : 0;
  return target.subarray(
    0,
    fields.reduce((at, [name, value]) => writeField(target, at, name, value), start),
  );
}

/** The block's part in a HEADERS frame, which may have padding and a priority around it (RFC 9113, 6.2). */
function fragment(flags: number, payload: Buffer): Buffer {
  const padding = flags & PADDED ? payload.readUInt8(0) : 0;
  return payload.subarray((flags & PADDED ? 1 : 0) + (flags & PRIORITY ? 5 : 0), payload.length - padding);
}

function serve(socket: Socket, { tableBytes, onBlock, answer }: BlockServerOptions): void {
  let pending = Buffer.alloc(0);
  let toSkip = PREFACE_BYTES;
  let fragments: Buffer[] = [];
  let isFirst = true;

  function onFrame(type: number, flags: number, stream: number, payload: Buffer): void {
    if (type === SETTINGS && !(flags & ACK)) socket.write(frame(SETTINGS, ACK, 0, Buffer.alloc(0)));
    if (type === HEADERS) fragments = [Buffer.from(fragment(flags, payload))];
    else if (type === CONTINUATION) fragments.push(Buffer.from(payload));
    else return;
    if (!(flags & END_HEADERS)) return;
    onBlock(Buffer.concat(fragments));
    socket.write(frame(HEADERS, END_HEADERS | END_STREAM, stream, answerBlock(answer, isFirst)));
    isFirst = false;
  }

  socket.write(frame(SETTINGS, 0, 0, settings(tableBytes)));
  socket.on("error", () => socket.destroy());
  socket.on("data", (chunk) => {
    pending = Buffer.concat([pending, chunk]);
    while (pending.length >= toSkip + FRAME_HEAD_BYTES) {
      const end = toSkip + FRAME_HEAD_BYTES + pending.readUIntBE(toSkip, 3);
      if (pending.length < end) return;
      const head = pending.subarray(toSkip, toSkip + FRAME_HEAD_BYTES);
      const payload = pending.subarray(toSkip + FRAME_HEAD_BYTES, end);
      pending = pending.subarray(end);
      toSkip = 0;
      onFrame(head.readUInt8(3), head.readUInt8(4), head.readUInt32BE(5), payload);
    }
  });
}

/** Listens on a port of its own for HTTP/2 clients, takes their header blocks as they are and answers each request at once. */
export async function listenForBlocks(options: BlockServerOptions) {
  const server = createServer((socket) => serve(socket, options));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.close();
      await once(server, "close");
    },
  };
}
