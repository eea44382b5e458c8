import { fromBinary } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { VariableSchema } from "../gen/trimtab/v1/variable_pb.ts";
import { decodeMessage } from "./message-codec.ts";

test.each([5, 6, 9])("a tag of %i more bytes than it needs is read, or refused, as protobuf-es does", (more) => {
  const bytes = new Uint8Array([0x8a, ...Array.from({ length: more - 1 }, () => 0x80), 0, 1, 120]);
  const outcome = (read: () => unknown) => {
    try {
      return read();
    } catch (error) {
      return String(error);
    }
  };
  expect(outcome(() => decodeMessage(VariableSchema, bytes))).toEqual(outcome(() => fromBinary(VariableSchema, bytes)));
});
