import {
  type DescMessage,
  fromBinary,
  fromJsonString,
  type MessageShape,
  toBinary,
  toJsonString,
} from "@bufbuild/protobuf";

/** Sends a message as bytes and reads it back. */
export const throughBinary = <D extends DescMessage>(schema: D, message: MessageShape<D>): MessageShape<D> =>
  fromBinary(schema, toBinary(schema, message));

/** Sends a message as JSON text and reads it back. */
export const throughJson = <D extends DescMessage>(schema: D, message: MessageShape<D>): MessageShape<D> =>
  fromJsonString(schema, toJsonString(schema, message));
