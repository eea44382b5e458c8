import { type DescMessage, toBinary } from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import fc from "fast-check";
import { anyMessage } from "./any-message.ts";

/** Gives bytes that are a message of a type in an odd way, or nearly one, or none. */
export function oddBytes(schema: DescMessage): fc.Arbitrary<Uint8Array> {
  const usual = anyMessage(schema).map((message) => toBinary(schema, message));
  const somewhere = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
  return fc.oneof(
    // Fields for the second time, which are merged, and after those of higher numbers.
    fc.tuple(usual, usual).map(([one, other]) => concatenate(one, other)),
    fc.tuple(unknownField, usual).map(([field, message]) => concatenate(field, message)),
    fc.tuple(usual, unknownField).map(([message, field]) => concatenate(message, field)),
    fc.tuple(usual, fieldOf(schema)).map(([message, field]) => concatenate(message, field)),
    fc.tuple(usual, longVarints(schema)).map(([message, field]) => concatenate(message, field)),
    fc.tuple(usual, somewhere).map(([message, cut]) => message.subarray(0, Math.floor(cut * message.length))),
    fc.tuple(usual, somewhere, fc.nat(255)).map(([message, where, byte]) => {
      const changed = message.slice();
      if (changed.length > 0) changed[Math.floor(where * changed.length)] = byte;
      return changed;
    }),
    fc.tuple(usual, somewhere, fc.uint8Array({ maxLength: 6 })).map(([message, where, inserted]) => {
      const at = Math.floor(where * message.length);
      return concatenate(message.subarray(0, at), inserted, message.subarray(at));
    }),
    fc.uint8Array({ maxLength: 40 }),
  );
}

/** A field that a later schema may declare, in each form that there is. */
const unknownField = fc
  .tuple(fc.constantFrom(500, 15_000, 536_870_911), fc.nat(5), fc.uint8Array({ maxLength: 9 }))
  .map(([number, form, data]) => writeField(number, form, data));

/** A field of a number that the schema knows, in any form. */
const fieldOf = (schema: DescMessage): fc.Arbitrary<Uint8Array> =>
  fc
    .tuple(fc.constantFrom(1, ...schema.fields.map(({ number }) => number)), fc.nat(5), fc.uint8Array({ maxLength: 9 }))
    .map(([number, form, data]) => writeField(number, form, data));

/** A known field whose tag or number, or length, takes more bytes than it needs, or more than there may be. */
const longVarints = (schema: DescMessage): fc.Arbitrary<Uint8Array> =>
  fc
    .tuple(
      fc.constantFrom(1, ...schema.fields.map(({ number }) => number)),
      fc.nat(5),
      fc.constantFrom(...endings),
      fc.boolean(),
    )
    .map(([number, form, ending, isTag]) => {
      const [first = 0, ...rest] = new BinaryWriter().tag(number, form).finish();
      if (!isTag) return Uint8Array.from([first, ...rest, 0x82, ...ending, 8, 1]);
      return Uint8Array.from([...(rest.length === 0 ? [first | 0x80] : [first, rest[0] ?? 0x80]), ...ending, 1, 8, 1]);
    });

/** What may follow a varint's first byte: up to ten bytes are one, and eleven are none. */
const endings = [1, 3, 4, 5, 8, 9, 10].flatMap((count) =>
  [0x00, 0x01, 0x1f, 0x7f].map((last) => [...Array<number>(count - 1).fill(0x80), last]),
);

function writeField(number: number, form: number, data: Uint8Array): Uint8Array {
  const writer = new BinaryWriter().tag(number, form);
  switch (form) {
    case WireType.Varint:
      return writer.uint64(BigInt(data[0] ?? 0) << BigInt((data[1] ?? 0) % 56)).finish();
    case WireType.Bit64:
      return writer.double(data[0] ?? 0).finish();
    case WireType.Bit32:
      return writer.fixed32(data[0] ?? 0).finish();
    case WireType.LengthDelimited:
      return writer.bytes(data).finish();
    case WireType.StartGroup:
      return writer.tag(1, WireType.Varint).bool(true).tag(number, WireType.EndGroup).finish();
    default:
      return writer.finish();
  }
}

function concatenate(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
