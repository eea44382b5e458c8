import { flag, frameType, preface, setting } from "../protocol.ts";

/** A frame as it is on the wire. */
export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly streamId: number;
  readonly payload: Buffer;
}

/** Fields of a head in their order, some of them perhaps twice. */
export type Fields = readonly (readonly [name: string, value: string])[];

/** Writes a frame, whatever it is worth. */
export function frame(type: number, flags: number, streamId: number, payload: Uint8Array = Buffer.alloc(0)): Buffer {
  const bytes = Buffer.alloc(9 + payload.length);
  bytes.writeUIntBE(payload.length, 0, 3);
  bytes.writeUInt8(type, 3);
  bytes.writeUInt8(flags, 4);
  bytes.writeUInt32BE(streamId, 5);
  bytes.set(payload, 9);
  return bytes;
}

/** Writes fields as literals that neither side keeps (RFC 7541, section 6.2.2), without Huffman's code. */
export function block(fields: Fields): Buffer {
  const text = (value: string) => [length(value.length), Buffer.from(value, "latin1")];
  return Buffer.concat(fields.flatMap(([name, value]) => [Buffer.of(0), ...text(name), ...text(value)]));
}

function length(value: number): Buffer {
  if (value < 127) return Buffer.of(value);
  const bytes = [127];
  let rest = value - 127;
  for (; rest >= 128; rest >>>= 7) bytes.push((rest & 127) | 128);
  return Buffer.of(...bytes, rest);
}

/** The fields of a request, with others instead of or after its own; `undefined` leaves one out. */
export function fieldsOf(changes: Readonly<Record<string, string | undefined>> = {}): Fields {
  const all = { ":method": "GET", ":scheme": "http", ":path": "/", ":authority": "localhost", ...changes };
  return Object.entries(all).filter((field): field is [string, string] => field[1] !== undefined);
}

interface HeadShape {
  readonly isLast?: boolean;
  readonly isWhole?: boolean;
}

/** HEADERS, ending the request and the head unless it is said otherwise. */
export function headers(id: number, fields: Fields | Uint8Array, shape: HeadShape = {}): Buffer {
  const { isLast = true, isWhole = true } = shape;
  const flags = (isLast ? flag.endStream : 0) | (isWhole ? flag.endHeaders : 0);
  return frame(frameType.headers, flags, id, fields instanceof Uint8Array ? fields : block(fields));
}

/** A request without a body. */
export const get = (id: number, changes?: Readonly<Record<string, string | undefined>>): Buffer =>
  headers(id, fieldsOf(changes));

/** The head of a request whose body follows. */
export const post = (id: number, changes?: Readonly<Record<string, string | undefined>>): Buffer =>
  headers(id, fieldsOf({ ":method": "POST", ...changes }), { isLast: false });

/** The rest of a head. */
export const continuation = (id: number, payload: Uint8Array, isWhole = true): Buffer =>
  frame(frameType.continuation, isWhole ? flag.endHeaders : 0, id, payload);

/** DATA without padding. */
export const data = (id: number, bytes: Uint8Array | string, isLast = false): Buffer =>
  frame(frameType.data, isLast ? flag.endStream : 0, id, Buffer.from(bytes as string));

/** SETTINGS, by the names or the numbers of what is set. */
export function settings(entries: readonly (readonly [keyof typeof setting | number, number])[] = []): Buffer {
  const payload = Buffer.alloc(entries.length * 6);
  entries.forEach(([name, value], index) => {
    payload.writeUInt16BE(typeof name === "number" ? name : setting[name], index * 6);
    payload.writeUInt32BE(value, index * 6 + 2);
  });
  return frame(frameType.settings, 0, 0, payload);
}

/** The acknowledgement of settings. */
export const settingsAck: Buffer = frame(frameType.settings, flag.ack, 0);

/** PING with eight characters. */
export const ping = (text = "whatever"): Buffer => frame(frameType.ping, 0, 0, Buffer.from(text));

/** WINDOW_UPDATE. */
export const windowUpdate = (id: number, bytes: number): Buffer => frame(frameType.windowUpdate, 0, id, number(bytes));

/** RST_STREAM. */
export const resetStream = (id: number, code = 8): Buffer => frame(frameType.resetStream, 0, id, number(code));

/** GOAWAY of a client. */
export const goAway = (code = 0): Buffer => frame(frameType.goAway, 0, 0, Buffer.concat([number(0), number(code)]));

/** PRIORITY, depending on a stream. */
export const priority = (id: number, on = 0): Buffer =>
  frame(frameType.priority, 0, id, Buffer.concat([number(on), Buffer.of(15)]));

/** How a client begins. */
export const opening: Buffer = Buffer.concat([preface, settings()]);

/** Four bytes. */
export function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
