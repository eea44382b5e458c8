import { type DescField, type DescMessage, type Message, type MessageShape, ScalarType } from "@bufbuild/protobuf";
import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { encodeMessage, encodeUnlessLarge, largeBytes } from "./binary/message-codec.ts";

/**
 * Encodes a message as pieces that belong one after the other. Fields of at least 64 KiB of bytes are pieces themselves and
 * not copied, however deep in the message they are, and so come after the smaller ones; for any other message
 * there is one piece, as `toBinary` gives it.
 */
export function toBinaryPieces<D extends DescMessage>(schema: D, message: MessageShape<D>): readonly Uint8Array[] {
  const pieces: Uint8Array[] = [];
  encode(schema, message, pieces);
  return pieces;
}

/** Encodes a message that may have large fields into one array of bytes, into which those are copied once. */
export function toBinaryOnce<D extends DescMessage>(schema: D, message: MessageShape<D>): Uint8Array<ArrayBufferLike> {
  const pieces: Uint8Array[] = [];
  const length = encode(schema, message, pieces);
  const [only] = pieces;
  if (pieces.length === 1 && only !== undefined) return only;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/**
 * Finds where the large bytes in an encoded message begin, from no more than its beginning: those that do not end
 * before `head` does. `undefined` where it ends within anything else, or is no such message.
 */
export function offsetOfLargeBytes(schema: DescMessage, head: Uint8Array): number | undefined {
  const reader = new BinaryReader(head);
  let within = schema;
  try {
    while (reader.pos < reader.len) {
      const [number, wireType] = reader.tag();
      if (wireType !== WireType.LengthDelimited) {
        reader.skip(wireType, number);
        continue;
      }
      const length = reader.uint32();
      if (reader.pos + length <= reader.len) {
        reader.pos += length;
        continue;
      }
      const field = within.fields.find((each) => each.number === number);
      if (field === undefined || field.fieldKind === "map") return undefined;
      if (field.message === undefined) return field.scalar === ScalarType.BYTES ? reader.pos : undefined;
      within = field.message;
    }
  } catch {
    // Whoever reads the whole message says what is wrong with it.
  }
  return undefined;
}

/** Adds a message's pieces and gives how many bytes they are. */
function encode(schema: DescMessage, message: Message, pieces: Uint8Array[]): number {
  const whole = encodeUnlessLarge(schema, message);
  if (whole !== undefined) return add(whole, pieces);
  if (!hasLarge(schema, message)) return add(encodeMessage(schema, message), pieces);
  const large = fieldsToBytes(schema).filter((field) => itemsOf(field, message).some((item) => isLarge(field, item)));
  let length = add(encodeMessage(schema, without(message, large)), pieces);
  for (const field of large) {
    for (const item of itemsOf(field, message)) {
      const inner: Uint8Array[] = [];
      const innerLength =
        field.message === undefined ? add(item as Uint8Array, inner) : encode(field.message, item as Message, inner);
      const head = new BinaryWriter().tag(field.number, WireType.LengthDelimited).uint32(innerLength).finish();
      length += add(head, pieces) + innerLength;
      pieces.push(...inner);
    }
  }
  return length;
}

function add(piece: Uint8Array, pieces: Uint8Array[]): number {
  pieces.push(piece);
  return piece.length;
}

const found = new WeakMap<DescMessage, readonly DescField[]>();

/** The fields of a message that are bytes or lead to some; maps have a form of their own and are left to `toBinary`. */
function fieldsToBytes(schema: DescMessage): readonly DescField[] {
  let fields = found.get(schema);
  if (fields === undefined) {
    fields = schema.fields.filter((field) => leadsToBytes(field, new Set()));
    found.set(schema, fields);
  }
  return fields;
}

function leadsToBytes(field: DescField, seen: Set<DescMessage>): boolean {
  if (field.fieldKind === "map") return false;
  if (field.message === undefined) return field.scalar === ScalarType.BYTES;
  if (seen.has(field.message)) return false;
  seen.add(field.message);
  return field.message.fields.some((each) => leadsToBytes(each, seen));
}

type Fields = { readonly [name: string]: unknown };
type Choice = { readonly case?: string; readonly value?: unknown };

/** What a field holds: a list where it may have several items. */
function contentOf(field: DescField, message: Message): unknown {
  const fields = message as unknown as Fields;
  if (field.oneof === undefined) return fields[field.localName];
  const choice = fields[field.oneof.localName] as Choice;
  return choice.case === field.localName ? choice.value : undefined;
}

function itemsOf(field: DescField, message: Message): readonly unknown[] {
  const content = contentOf(field, message);
  if (field.fieldKind === "list") return content as readonly unknown[];
  return content === undefined ? [] : [content];
}

/** Asked of every message without a generated codec, so it makes nothing. */
function hasLarge(schema: DescMessage, message: Message): boolean {
  for (const field of fieldsToBytes(schema)) {
    const content = contentOf(field, message);
    if (content === undefined) continue;
    if (field.fieldKind !== "list") {
      if (isLarge(field, content)) return true;
    } else for (const item of content as readonly unknown[]) if (isLarge(field, item)) return true;
  }
  return false;
}

const isLarge = (field: DescField, item: unknown): boolean =>
  field.message === undefined ? (item as Uint8Array).length >= largeBytes : hasLarge(field.message, item as Message);

/** The message without some of its fields, which count as unset. */
function without(message: Message, fields: readonly DescField[]): Message {
  const rest: { [name: string]: unknown } = { ...message };
  for (const field of fields) {
    if (field.oneof !== undefined) rest[field.oneof.localName] = { case: undefined };
    else rest[field.localName] = field.fieldKind === "list" ? [] : field.message === undefined ? noBytes : undefined;
  }
  return rest as unknown as Message;
}

const noBytes = new Uint8Array();
