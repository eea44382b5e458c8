import { create, type DescMessage, fromBinary, type Message, toBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { codecs } from "../gen/codecs.ts";
import { allMessages } from "../test-parts/all-messages.ts";
import { anyMessage } from "../test-parts/any-message.ts";
import { oddBytes } from "../test-parts/odd-bytes.ts";
import { decodeMessage, encodeMessage } from "./message-codec.ts";
import * as sink from "./sink.ts";
import { readAll } from "./source.ts";

const numRuns = 25;

/** What a function gives, or what it throws as far as callers see it. */
function outcomeOf(run: () => unknown): unknown {
  try {
    return { gives: run() };
  } catch (error) {
    return error instanceof Error ? { kind: error.constructor.name, message: error.message } : { throws: error };
  }
}

/** Puts something else where a field's value is, as a program without types might. */
const spoiled = (schema: DescMessage): fc.Arbitrary<Message> =>
  fc
    .tuple(
      anyMessage(schema),
      fc.constantFrom("$typeName", ...schema.members.map(({ localName }) => localName)),
      fc.constantFrom<unknown>(undefined, null, 7, -1, 0.5, "text", "12", "\ud800", 1n, -1n, 2n ** 64n, true, {}, []),
    )
    .map(([message, name, value]) => ({ ...message, [name]: value }));

const generated = allMessages.filter(({ typeName }) => codecs.has(typeName));

describe("every type of messages", () => {
  it("is known to the tests, among them those with codecs of their own", () => {
    expect(allMessages.length).toBeGreaterThan(300);
    expect(generated.map(({ typeName }) => typeName)).toEqual(
      expect.arrayContaining([
        "trimtab.v1.Variable",
        "trimtab.v1.WatchVariablesResponse",
        "trimtab.log.v1.StoredCommit",
      ]),
    );
  });

  it.each(allMessages.map((schema) => [schema.typeName, schema] as const))("%s", (_, schema) => {
    fc.assert(
      fc.property(anyMessage(schema), oddBytes(schema), spoiled(schema), (message, bytes, odd) => {
        expect(encodeMessage(schema, message)).toStrictEqual(toBinary(schema, message));
        const encoded = toBinary(schema, message);
        expect(decodeMessage(schema, encoded)).toStrictEqual(fromBinary(schema, encoded));
        expect(outcomeOf(() => decodeMessage(schema, bytes))).toStrictEqual(outcomeOf(() => fromBinary(schema, bytes)));
        expect(outcomeOf(() => encodeMessage(schema, odd))).toStrictEqual(outcomeOf(() => toBinary(schema, odd)));
      }),
      { numRuns },
    );
  });
});

describe("a generated codec", () => {
  it.each(generated.map((schema) => [schema.typeName, schema] as const))(
    "of %s does its work itself",
    (name, schema) => {
      const codec = codecs.get(name);
      fc.assert(
        fc.property(anyMessage(schema), (message) => {
          const bytes = toBinary(schema, message);
          sink.begin(Number.POSITIVE_INFINITY);
          codec?.write(message as never);
          expect(sink.finish()).toStrictEqual(bytes);
          // Keys of this name are left to protobuf-es.
          fc.pre(!JSON.stringify(Array.from(bytes)).includes(reservedKey));
          expect(codec && readAll(bytes, codec.read)).toStrictEqual(fromBinary(schema, bytes));
        }),
        { numRuns },
      );
    },
  );
});

const reservedKey = Array.from(new TextEncoder().encode("__proto__")).join(",");

describe("what a message came with that its schema does not know", () => {
  it("is kept and written again", () => {
    for (const schema of generated) {
      const field = { no: 15_000, wireType: 2, data: new Uint8Array([2, 7, 8]) };
      const message: Message = {
        ...create(schema),
        $unknown: [field, { no: 500, wireType: 0, data: new Uint8Array([1]) }],
      };
      const bytes = encodeMessage(schema, message);
      expect(bytes).toStrictEqual(toBinary(schema, message));
      expect(decodeMessage(schema, bytes)).toStrictEqual(message);
    }
  });
});
