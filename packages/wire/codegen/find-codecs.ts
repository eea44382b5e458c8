import { type DescField, type DescFile, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import { Edition } from "@bufbuild/protobuf/wkt";

/** The messages that codecs are generated for, by the file that declares them. */
export type Codecs = ReadonlyMap<DescFile, readonly DescMessage[]>;

/** What generated codecs can read and write; fields of any other type leave their message to protobuf-es. */
const scalars: ReadonlySet<ScalarType> = new Set([
  ScalarType.STRING,
  ScalarType.BYTES,
  ScalarType.BOOL,
  ScalarType.DOUBLE,
  ScalarType.INT32,
  ScalarType.UINT32,
  ScalarType.INT64,
  ScalarType.UINT64,
]);

/** Finds the messages of some files that have codecs, with all that they consist of; the rest is left to protobuf-es. */
export function findCodecs(files: readonly DescFile[]): Codecs {
  const messages = new Set<DescMessage>();
  for (const message of files.flatMap((file) => [...allMessages(file.messages)])) {
    const parts = new Set<DescMessage>();
    if (collect(message, parts)) for (const part of parts) messages.add(part);
  }
  const found = new Map<DescFile, DescMessage[]>();
  for (const message of messages) found.set(message.file, [...(found.get(message.file) ?? []), message]);
  return new Map([...found].sort(([a], [b]) => (a.name < b.name ? -1 : 1)));
}

function* allMessages(messages: readonly DescMessage[]): Generator<DescMessage> {
  for (const message of messages) {
    yield message;
    yield* allMessages(message.nestedMessages);
  }
}

/** Adds a message and what it consists of; false where any of it is beyond generated codecs. */
function collect(message: DescMessage, parts: Set<DescMessage>): boolean {
  if (parts.has(message)) return true;
  parts.add(message);
  return isUsual(message) && message.fields.every((field) => isUsualField(field) && collectField(field, parts));
}

const collectField = ({ message }: DescField, parts: Set<DescMessage>): boolean =>
  message === undefined || collect(message, parts);

/** Messages that protobuf-es gives a form of their own, where they are fields. */
const ownForm = /^google\.protobuf\.(Struct|\w+Value)$/;

const isUsual = ({ file, typeName, proto }: DescMessage): boolean =>
  file.edition === Edition.EDITION_PROTO3 && !ownForm.test(typeName) && proto.options?.messageSetWireFormat !== true;

function isUsualField(field: DescField): boolean {
  if (field.scalar !== undefined && (!scalars.has(field.scalar) || isLongAsString(field))) return false;
  if (field.enum !== undefined && (!field.enum.open || field.enum.values[0]?.number !== 0)) return false;
  if (field.fieldKind === "map") return field.mapKey === ScalarType.STRING;
  return field.fieldKind !== "message" || !field.delimitedEncoding;
}

const isLongAsString = (field: DescField): boolean => "longAsString" in field && field.longAsString;
