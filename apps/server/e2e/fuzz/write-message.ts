import { type DescField, ScalarType } from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import type { EntryNode, FieldNode, Leaf, MessageNode } from "./hostile-message.ts";
import { illFormed } from "./hostile-text.ts";

/** Writes a message in protobuf's binary form. Ill-formed text becomes bytes that are no UTF-8. */
export function writeBinary(message: MessageNode): Uint8Array<ArrayBuffer> {
  const writer = new BinaryWriter();
  for (const node of message.fields) writeField(writer, node);
  return new Uint8Array(writer.finish());
}

function writeField(writer: BinaryWriter, { field, values }: FieldNode): void {
  for (const value of values) {
    if (value.kind !== "entry") writeValue(writer, field.number, value, typeOf(field));
    else {
      const entry = new BinaryWriter();
      writeValue(entry, 1, value.key, field.fieldKind === "map" ? field.mapKey : undefined);
      writeValue(entry, 2, value.value, typeOf(field));
      writer.tag(field.number, WireType.LengthDelimited).bytes(entry.finish());
    }
  }
}

/** The scalar type that a field's values have; none for messages and enums. */
const typeOf = (field: DescField): ScalarType | undefined => field.scalar;

function writeValue(writer: BinaryWriter, number: number, value: Leaf | MessageNode, type?: ScalarType): void {
  switch (value.kind) {
    case "message":
      writer.tag(number, WireType.LengthDelimited).bytes(writeBinary(value));
      break;
    case "text":
      writer.tag(number, WireType.LengthDelimited).bytes(utf8(value.value));
      break;
    case "bytes":
      writer.tag(number, WireType.LengthDelimited).bytes(value.value);
      break;
    case "boolean":
      writer.tag(number, WireType.Varint).bool(value.value);
      break;
    case "number":
      if (type === ScalarType.FLOAT) writer.tag(number, WireType.Bit32).float(toFloat(value.value));
      else writer.tag(number, WireType.Bit64).double(value.value);
      break;
    case "integer":
      // A varint of 64 bits is valid wherever an integer is: shorter types cut it.
      writer.tag(number, WireType.Varint).uint64(BigInt.asUintN(64, value.value));
      break;
  }
}

/** What a float of 32 bits can hold; the library refuses to write what it cannot. */
const toFloat = (value: number): number => (Number.isFinite(value) ? Math.fround(value / 1e300) : value);

const utf8 = (text: string): Uint8Array =>
  text.includes(illFormed) ? new Uint8Array([0xc3, 0x28, 0xff]) : new TextEncoder().encode(text);

/** Writes a message as JSON, field by field as they are: twice where they are there twice, `__proto__` as a key. */
export function writeJson(message: MessageNode): string {
  return `{${message.fields.map((node) => `${JSON.stringify(node.field.jsonName)}:${fieldJson(node)}`).join(",")}}`;
}

function fieldJson({ field, values }: FieldNode): string {
  if (field.fieldKind === "map") {
    const entries = values.filter((value): value is EntryNode => value.kind === "entry");
    return `{${entries.map(({ key, value }) => `${JSON.stringify(String(key.value))}:${valueJson(value)}`).join(",")}}`;
  }
  const items = values.map((value) => (value.kind === "entry" ? "null" : valueJson(value)));
  return field.fieldKind === "list" ? `[${items.join(",")}]` : (items[0] ?? "null");
}

function valueJson(value: Leaf | MessageNode): string {
  switch (value.kind) {
    case "message":
      return writeJson(value);
    case "bytes":
      return JSON.stringify(Buffer.from(value.value).toString("base64"));
    case "number":
      return Number.isFinite(value.value) ? String(value.value) : JSON.stringify(String(value.value));
    case "integer":
      return String(value.value);
    default:
      return JSON.stringify(value.value);
  }
}
