import { type DescEnum, type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import fc from "fast-check";
import { hostileKey, hostileText } from "./hostile-text.ts";

/** A message as a tree, which can be written in ways that no well-behaved library would. */
export interface MessageNode {
  readonly kind: "message";
  readonly fields: readonly FieldNode[];
}

/** A field with what it holds; of a list each item, of a map each entry. */
export interface FieldNode {
  readonly field: DescField;
  readonly values: readonly (Leaf | MessageNode | EntryNode)[];
}

/** An entry of a map. */
export interface EntryNode {
  readonly kind: "entry";
  readonly key: Leaf;
  readonly value: Leaf | MessageNode;
}

/** A value that is no message. */
export type Leaf =
  | { readonly kind: "text"; readonly value: string }
  | { readonly kind: "bytes"; readonly value: Uint8Array }
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "integer"; readonly value: bigint }
  | { readonly kind: "boolean"; readonly value: boolean };

/** Deepest that messages are nested; `Value` would nest without end. */
const maxDepth = 6;

/**
 * Gives hostile messages of any type: sensible here, out of range there, fields of one `oneof` together, lists that are
 * long, keys that are special. It knows no message by name, so one that is new is covered as it is declared.
 */
export function hostileMessage(desc: DescMessage, depth = 0): fc.Arbitrary<MessageNode> {
  const fields = desc.fields.map((field) => {
    const weight = presence(field, depth);
    const absent: fc.Arbitrary<FieldNode | undefined> = fc.constant(undefined);
    return fc.oneof({ weight, arbitrary: hostileField(field, depth) }, { weight: 20 - weight, arbitrary: absent });
  });
  return fc.tuple(...fields).map((nodes) => ({ kind: "message", fields: nodes.filter((node) => node !== undefined) }));
}

/** Of twenty messages so many have the field: nearly all name the session and the variable. */
const presence = (field: DescField, depth: number): number => {
  if (/^(session_id|variable|name|type|value|spec|program_id|expression)$/.test(field.name)) return 19;
  return depth === 0 ? 6 : 9;
};

function hostileField(field: DescField, depth: number): fc.Arbitrary<FieldNode> {
  if (field.fieldKind === "map") {
    const value: fc.Arbitrary<Leaf | MessageNode> =
      field.mapKind === "message"
        ? nested(field.message, depth)
        : leaf(field.mapKind === "enum" ? field.enum : field.scalar, field.name);
    const key = field.mapKey === ScalarType.STRING ? hostileKey.map(toText) : leaf(field.mapKey, field.name);
    const entry = fc.record<EntryNode>({ kind: fc.constant("entry"), key, value });
    return fc.array(entry, { maxLength: 4 }).map((values) => ({ field, values }));
  }
  if (field.fieldKind === "list") {
    const item: fc.Arbitrary<Leaf | MessageNode> =
      field.listKind === "message"
        ? nested(field.message, depth)
        : leaf(field.listKind === "enum" ? field.enum : field.scalar, field.name);
    const many = fc.tuple(item, fc.constantFrom(50, 1001, 3000)).map(([one, count]) => Array(count).fill(one));
    const few = fc.array(item, { maxLength: 4 });
    const values = depth > 1 ? few : fc.oneof({ weight: 12, arbitrary: few }, { weight: 1, arbitrary: many });
    return values.map((items) => ({ field, values: items }));
  }
  const value: fc.Arbitrary<Leaf | MessageNode> =
    field.fieldKind === "message"
      ? nested(field.message, depth)
      : leaf(field.fieldKind === "enum" ? field.enum : field.scalar, field.name);
  return value.map((one) => ({ field, values: [one] }));
}

const nested = (desc: DescMessage, depth: number): fc.Arbitrary<MessageNode> =>
  depth >= maxDepth
    ? fc.constant({ kind: "message", fields: [] })
    : fc.constant(undefined).chain(() => hostileMessage(desc, depth + 1));

const toText = (value: string): Leaf => ({ kind: "text", value });

const doubles = [0, -0, 0.5, 1, -1, 2.5, 1e308, -1e308, 5e-324, 2 ** 53 + 2, Number.NaN, Infinity, -Infinity];
const integers = [0n, 1n, 2n, 10n, 100n, 1000n, 1001n, -1n, 2n ** 31n - 1n, 2n ** 32n - 1n, 2n ** 53n, 2n ** 63n - 1n];
const negative = [-(2n ** 31n), -(2n ** 63n)];
const unsigned64 = [...integers, 2n ** 64n - 1n];

function leaf(type: ScalarType | DescEnum, fieldName: string): fc.Arbitrary<Leaf> {
  if (typeof type === "object") {
    const known = type.values.map(({ number }) => BigInt(number));
    return fc.constantFrom(...known, ...known, 99n, -1n, 2n ** 31n - 1n).map(toInteger);
  }
  switch (type) {
    case ScalarType.STRING:
      return hostileText(fieldName).map(toText);
    case ScalarType.BYTES:
      return fc.oneof(fc.uint8Array({ maxLength: 64 }), bytesOfNumbers).map((value) => ({ kind: "bytes", value }));
    case ScalarType.BOOL:
      return fc.boolean().map((value) => ({ kind: "boolean", value }));
    case ScalarType.DOUBLE:
    case ScalarType.FLOAT:
      return fc.oneof(fc.constantFrom(...doubles), fc.double()).map((value) => ({ kind: "number", value }));
    case ScalarType.UINT64:
    case ScalarType.FIXED64:
    case ScalarType.UINT32:
    case ScalarType.FIXED32:
      return fc.constantFrom(...integers.slice(0, 6), ...unsigned64).map(toInteger);
    default:
      return fc.constantFrom(...integers.slice(0, 6), ...integers, ...negative).map(toInteger);
  }
}

const toInteger = (value: bigint): Leaf => ({ kind: "integer", value });

/** Bytes that are numbers, among them some that are none. */
const bytesOfNumbers = fc
  .array(fc.constantFrom(...doubles), { maxLength: 8 })
  .map((numbers) => new Uint8Array(new Float32Array(numbers).buffer));
