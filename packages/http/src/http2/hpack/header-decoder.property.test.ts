import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createDynamicTable } from "./dynamic-table.ts";
import { createHeaderDecoder, type HeaderDecoder } from "./header-decoder.ts";
import { HpackError } from "./hpack-error.ts";
import { staticFields } from "./static-table.ts";
import { decoded, tableOf } from "./test-parts/decoded.ts";
import { createReferenceEncoder, type FieldToEncode, type LiteralForm } from "./test-parts/reference-encoder.ts";

const MAX_TABLE_BYTES = 300;

const latin1 = fc
  .array(fc.oneof(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 97, max: 122 })), { maxLength: 80 })
  .map((codes) => String.fromCharCode(...codes));

/** Names and values of which many come again, so that the tables are used. */
const name = fc.oneof(
  fc.constantFrom("a", "te", "x-field"),
  fc.constantFrom(...staticFields.map((each) => each.name)),
  latin1,
);
const value = fc.oneof(fc.constantFrom("", "1", "GET", "200", "trailers", "v".repeat(40), "w".repeat(400)), latin1);

const field: fc.Arbitrary<FieldToEncode> = fc.record({
  name,
  value,
  form: fc.constantFrom<LiteralForm>("indexing", "indexing", "plain", "never"),
  asIndex: fc.boolean(),
  withNameIndex: fc.boolean(),
  isNameHuffman: fc.boolean(),
  isValueHuffman: fc.boolean(),
});

const resizes = fc.oneof(
  { weight: 5, arbitrary: fc.constant<number[]>([]) },
  { weight: 1, arbitrary: fc.array(fc.integer({ min: 0, max: MAX_TABLE_BYTES }), { minLength: 1, maxLength: 2 }) },
);

const block = fc.record({ fields: fc.array(field, { maxLength: 12 }), resizes });
const blocks = fc.array(block, { minLength: 1, maxLength: 12 });

const pairs = (fields: readonly FieldToEncode[]) => fields.map((each) => [each.name, each.value]);

describe("whatever an encoder writes", () => {
  test("is decoded to the same fields, and the tables stay in step", () => {
    fc.assert(
      fc.property(blocks, (sent) => {
        const encoder = createReferenceEncoder(MAX_TABLE_BYTES);
        const table = createDynamicTable(MAX_TABLE_BYTES);
        const decoder = createHeaderDecoder(table);
        for (const each of sent) {
          const bytes = encoder.encode(each.fields, each.resizes);
          expect(decoded(decoder, bytes)).toEqual(pairs(each.fields));
          expect(table.bytes).toBe(encoder.tableBytes);
          expect(tableOf(decoder)).toEqual(encoder.table);
        }
      }),
      { numRuns: 300 },
    );
  });

  test("has the same fields again at the same version, and the version tells of every change", () => {
    fc.assert(
      fc.property(blocks, (sent) => {
        const encoder = createReferenceEncoder(MAX_TABLE_BYTES);
        const decoder = createHeaderDecoder(createDynamicTable(MAX_TABLE_BYTES));
        for (const each of sent) {
          const before = { version: decoder.version, table: tableOf(decoder) };
          const bytes = encoder.encode(each.fields, each.resizes);
          decoded(decoder, bytes);
          if (decoder.version !== before.version) continue;
          expect(tableOf(decoder)).toEqual(before.table);
          expect(decoded(decoder, bytes)).toEqual(pairs(each.fields));
          expect(decoder.version).toBe(before.version);
        }
      }),
      { numRuns: 200 },
    );
  });
});

/** Decodes what may be wrong, and says how many characters there are in its fields that are not of a table. */
function literalChars(decoder: HeaderDecoder, bytes: Buffer): number {
  const inTables = new Set([...staticFields.flatMap((each) => [each.name, each.value]), ...tableOf(decoder).flat()]);
  let fields = 0;
  let chars = 0;
  try {
    decoder.decode(bytes, (...texts) => {
      fields++;
      for (const text of texts) {
        if (!inTables.has(text)) chars += text.length;
        inTables.add(text);
      }
    });
  } catch (error) {
    expect(error).toBeInstanceOf(HpackError);
  }
  expect(fields).toBeLessThanOrEqual(bytes.length);
  return chars;
}

describe("whatever comes instead", () => {
  const createBounded = () => {
    const table = createDynamicTable(MAX_TABLE_BYTES);
    return { table, decoder: createHeaderDecoder(table) };
  };
  const expectBounded = ({ decoder, table }: ReturnType<typeof createBounded>, bytes: Buffer) => {
    expect(literalChars(decoder, bytes)).toBeLessThanOrEqual((bytes.length * 8) / 5);
    expect(table.bytes).toBeLessThanOrEqual(MAX_TABLE_BYTES);
  };

  test("random bytes are decoded or refused, within memory that their length bounds", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 100 }), { maxLength: 5 }), (sent) => {
        const bounded = createBounded();
        for (const bytes of sent) expectBounded(bounded, Buffer.from(bytes));
      }),
      { numRuns: 2000 },
    );
  });

  test("so are blocks of which some bytes are changed, or that are cut", () => {
    const changes = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 3 });
    fc.assert(
      fc.property(blocks, changes, fc.nat(), (sent, changed, cut) => {
        const encoder = createReferenceEncoder(MAX_TABLE_BYTES);
        const bounded = createBounded();
        for (const each of sent) {
          const bytes = encoder.encode(each.fields, each.resizes);
          for (const [at, byte] of changed) if (bytes.length > 0) bytes[at % bytes.length] = byte;
          expectBounded(bounded, cut % 2 === 0 ? bytes : bytes.subarray(0, cut % (bytes.length + 1)));
        }
      }),
      { numRuns: 400 },
    );
  });
});
