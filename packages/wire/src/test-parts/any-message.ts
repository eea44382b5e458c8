import { create, type DescEnum, type DescField, type DescMessage, type Message, ScalarType } from "@bufbuild/protobuf";
import fc from "fast-check";

/** Deepest that messages are nested, where their types would nest without end. */
const maxDepth = 4;

/**
 * Gives any message of a type, as protobuf-es makes them: each field there or not, with values from the whole of its type's range. It
 * knows no message by name.
 */
export function anyMessage(schema: DescMessage, depth = 0): fc.Arbitrary<Message> {
  const members = schema.members.map((member) => {
    const fields = member.kind === "oneof" ? member.fields : [member];
    const set = fc.oneof(...fields.map((field) => setField(field, depth)));
    return fc.option(set, { nil: {}, freq: depth === 0 ? 3 : 1 });
  });
  return fc.tuple(...members).map((parts) => create(schema, Object.assign({}, ...parts)));
}

type Init = { [name: string]: unknown };

function setField(field: DescField, depth: number): fc.Arbitrary<Init> {
  const value = contentOf(field, depth);
  const { oneof, localName } = field;
  if (oneof === undefined) return value.map((content) => ({ [localName]: content }));
  return value.map((content) => ({ [oneof.localName]: { case: localName, value: content } }));
}

function contentOf(field: DescField, depth: number): fc.Arbitrary<unknown> {
  const item = field.message === undefined ? scalar(field.enum ?? field.scalar) : nested(field.message, depth);
  if (field.fieldKind === "list") return fc.array(item, { maxLength: 3 });
  if (field.fieldKind !== "map") return item;
  const key = field.mapKey === ScalarType.STRING ? fc.oneof(text, fc.constant("__proto__")) : scalar(field.mapKey);
  return fc.array(fc.tuple(key, item), { maxLength: 3 }).map((entries) => Object.fromEntries(entries.map(toEntry)));
}

const toEntry = ([key, value]: [unknown, unknown]): [string, unknown] => [String(key), value];

const nested = (schema: DescMessage, depth: number): fc.Arbitrary<Message> =>
  depth >= maxDepth
    ? fc.constant(undefined).map(() => create(schema))
    : fc.constant(undefined).chain(() => anyMessage(schema, depth + 1));

/** Text of every kind and length: with and without what is not ASCII, short and long. */
const text = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.string({ unit: "binary", maxLength: 12 }),
  fc.constantFrom("", "a".repeat(31), "a".repeat(32), "a".repeat(33), "a".repeat(64), "a".repeat(65), "\uFEFFmark"),
  fc.constantFrom("a".repeat(40).concat("ä"), "€".repeat(50), "a".repeat(127), "a".repeat(128), "b".repeat(20_000)),
);

const unsigned = [0n, 1n, 127n, 128n, 1023n, 1024n, 2n ** 14n, 2n ** 28n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 35n];
const unsigned64 = [
  ...unsigned,
  2n ** 49n,
  2n ** 53n - 1n,
  2n ** 53n,
  2n ** 56n,
  2n ** 63n - 1n,
  2n ** 63n,
  2n ** 64n - 1n,
];
const signed64 = unsigned64.map((value) => BigInt.asIntN(64, value)).flatMap((value) => [value, -(value >> 1n)]);
const signed32 = [0, 1, -1, 127, 128, 2 ** 14, 2 ** 31 - 1, -(2 ** 31)];

function scalar(type: ScalarType | DescEnum | undefined): fc.Arbitrary<unknown> {
  if (typeof type === "object") return fc.constantFrom(...type.values.map(({ number }) => number), 99, ...signed32);
  switch (type) {
    case ScalarType.STRING:
      return text;
    case ScalarType.BYTES:
      return fc.uint8Array({ maxLength: 200 });
    case ScalarType.BOOL:
      return fc.boolean();
    case ScalarType.DOUBLE:
    case ScalarType.FLOAT:
      return fc.oneof(fc.constantFrom(0, -0, 0.5, Number.NaN, Number.POSITIVE_INFINITY), fc.float());
    case ScalarType.UINT64:
    case ScalarType.FIXED64:
      return fc.oneof(fc.constantFrom(...unsigned64), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }));
    case ScalarType.INT64:
    case ScalarType.SINT64:
    case ScalarType.SFIXED64:
      return fc.oneof(fc.constantFrom(...signed64), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }));
    case ScalarType.UINT32:
    case ScalarType.FIXED32:
      return fc.oneof(fc.constantFrom(0, 1, 127, 128, 2 ** 31, 2 ** 32 - 1), fc.nat());
    default:
      return fc.oneof(fc.constantFrom(...signed32), fc.integer());
  }
}
