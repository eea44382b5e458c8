import type { OutgoingHttpHeaders } from "node:http";
import { fieldText } from "../checks.ts";
import { httpDate } from "../http-date.ts";
import type { Output } from "../output.ts";
import { fieldBytes, writeField, writeTableSizeUpdate } from "./hpack/header-encoder.ts";
import { connectionFields, flag, frameHeadBytes, frameType } from "./protocol.ts";
import type { PeerSettings } from "./settings.ts";
import { sendFrameHead, writeFrameHead } from "./write-frames.ts";

/** A block of fields on its way. */
export interface HeadBlock {
  readonly streamId: number;
  /** Nothing follows on the stream. */
  readonly isLast: boolean;
  /** Without it the block holds trailers. */
  readonly status?: number;
  readonly fields: OutgoingHttpHeaders;
}

/** Blocks up to this size are written where they go out; larger ones are cut up first. */
const directBytes = 8 * 1024;

/** Sends a block of fields as HEADERS and, if it is large, CONTINUATION. */
export function sendHead(output: Output, peer: PeerSettings, block: HeadBlock): void {
  const bound = boundOf(block);
  if (bound > directBytes) {
    sendLarge(output, peer, block, bound);
    return;
  }
  const slab = output.room(frameHeadBytes + bound);
  const begin = output.at;
  const end = writeBlock(slab, begin + frameHeadBytes, peer, block);
  const flags = flag.endHeaders | (block.isLast ? flag.endStream : 0);
  writeFrameHead(slab, begin, end - begin - frameHeadBytes, frameType.headers, flags, block.streamId);
  output.advance(end);
}

function sendLarge(output: Output, peer: PeerSettings, block: HeadBlock, bound: number): void {
  const bytes = Buffer.allocUnsafe(bound);
  const length = writeBlock(bytes, 0, peer, block);
  let at = 0;
  do {
    const end = Math.min(at + peer.maxFrameBytes, length);
    const ofStream = at === 0 && block.isLast ? flag.endStream : 0;
    const flags = ofStream | (end === length ? flag.endHeaders : 0);
    sendFrameHead(output, end - at, at === 0 ? frameType.headers : frameType.continuation, flags, block.streamId);
    output.add(bytes.subarray(at, end));
    at = end;
  } while (at < length);
}

/**
 * Gives the bytes that a block takes at most.
 *
 * @throws TypeError where a name or value is none of HTTP's; nothing is sent then
 */
function boundOf({ status, fields }: HeadBlock): number {
  let bound = 1;
  if (status !== undefined) bound += fieldBytes(":status", "000") + fieldBytes("date", httpDate());
  forEachField(fields, (name, value) => {
    bound += fieldBytes(name, sound(name, value));
  });
  return bound;
}

/**
 * Checks fields that are sent later.
 *
 * @throws TypeError where a name or value is none of HTTP's
 */
export function checkFields(fields: OutgoingHttpHeaders): void {
  forEachField(fields, sound);
}

function writeBlock(target: Buffer, from: number, peer: PeerSettings, { status, fields }: HeadBlock): number {
  let at = from;
  if (peer.isTableChanged) {
    peer.isTableChanged = false;
    // No use is made of the peer's header table.
    at = writeTableSizeUpdate(target, at, 0);
  }
  if (status !== undefined) {
    at = writeField(target, at, ":status", String(status));
    if (status >= 200 && fields["date"] === undefined) at = writeField(target, at, "date", httpDate());
  }
  forEachField(fields, (name, value) => {
    at = writeField(target, at, name, value);
  });
  return at;
}

function forEachField(fields: OutgoingHttpHeaders, visit: (name: string, value: string) => void): void {
  for (const given in fields) {
    const value = fields[given];
    if (value === undefined) continue;
    const name = given.toLowerCase();
    if (connectionFields.has(name)) continue;
    if (Array.isArray(value)) for (const each of value) visit(name, fieldText(name, each));
    else visit(name, fieldText(name, value));
  }
}

/** A value that could be taken for more than one field further on, or is no text of HTTP, is a fault of whoever wrote it. */
const unsound = /[\0\r\n]|[^\0-\xff]/;

/** Names that were found sound, of which there are few: those of other fields are looked at each time. */
const soundNames = new Set<string>();
const mostSoundNames = 256;
const token = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;

function checkName(name: string): void {
  if (!token.test(name)) throw new TypeError(`${JSON.stringify(name)} is no name of a field of HTTP`);
  if (soundNames.size < mostSoundNames) soundNames.add(name);
}

function sound(name: string, value: string): string {
  if (!soundNames.has(name)) checkName(name);
  if (unsound.test(value)) throw new TypeError(`the field ${name} holds a character that HTTP does not allow`);
  return value;
}
