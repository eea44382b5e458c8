import { type DescField, type DescMessage, type JsonValue, ScalarType } from "@bufbuild/protobuf";

/** What a field is called when it is told. */
export type NameOf = (field: DescField) => string;

/** Says what form JSON has where a message of this kind, or an item of this field, is wanted; with an example like what was given. */
export function formOf(wanted: DescMessage | DescField, given: JsonValue, nameOf: NameOf): string {
  if (wanted.kind === "message") return messageForm(wanted, given, nameOf);
  if ("message" in wanted && wanted.message !== undefined) return messageForm(wanted.message, given, nameOf);
  if ("enum" in wanted && wanted.enum !== undefined) {
    const names = wanted.enum.values.filter(({ number }) => number !== 0).map(({ name }) => name);
    return wanted.enum.typeName === "google.protobuf.NullValue" ? "null" : `one of ${names.join(", ")}`;
  }
  return "scalar" in wanted && wanted.scalar !== undefined ? scalarForms[wanted.scalar] : "something else";
}

/** An example of what a map field holds. */
export const exampleOf = (field: DescField & { fieldKind: "map" }): string => {
  const isValue = field.mapKind === "message" && field.message.typeName === "trimtab.v1.Value";
  return isValue ? '{"name": {"number": 0.7}}' : '{"name": …}';
};

function messageForm({ typeName, fields }: DescMessage, given: JsonValue, nameOf: NameOf): string {
  if (typeName === "trimtab.v1.Value") return `a value such as ${valueExample(given)}`;
  return ownForms.get(typeName) ?? `an object with ${fields.map(nameOf).join(", ") || "no fields"}`;
}

/** A value in its form, what was given itself where it is short and plain. */
function valueExample(given: JsonValue): string {
  if (typeof given === "string" && given.length <= 40) return `{"string": ${JSON.stringify(given.toWellFormed())}}`;
  if (typeof given === "boolean") return `{"boolean": ${given}}`;
  if (typeof given === "number") return `{"number": ${given}}`;
  if (given === null) return '{"null": null}';
  return Array.isArray(given) ? '{"list": {"items": [{"number": 0.7}]}}' : '{"number": 0.7}';
}

const ownForms: ReadonlyMap<string, string> = new Map([
  ["google.protobuf.Duration", 'a duration such as "3.5s"'],
  ["google.protobuf.Timestamp", 'a time such as "2026-01-31T09:30:00Z"'],
  ["google.protobuf.FieldMask", 'names of fields such as "description,metadata"'],
]);

const whole = (min: number | string, max: number | string) => `a whole number from ${min} to ${max}`;
const [whole32, positive32] = [whole(-(2 ** 31), 2 ** 31 - 1), whole(0, 2 ** 32 - 1)];
const [whole64, positive64] = [whole("-2^63", "2^63-1"), whole(0, "2^64-1")];

const scalarForms: Readonly<Record<ScalarType, string>> = {
  [ScalarType.STRING]: "text in well-formed Unicode",
  [ScalarType.BOOL]: "true or false",
  [ScalarType.BYTES]: "bytes in Base64",
  [ScalarType.DOUBLE]: 'a number, "NaN", "Infinity" or "-Infinity"',
  [ScalarType.FLOAT]: 'a number, "NaN", "Infinity" or "-Infinity"',
  [ScalarType.INT32]: whole32,
  [ScalarType.SINT32]: whole32,
  [ScalarType.SFIXED32]: whole32,
  [ScalarType.UINT32]: positive32,
  [ScalarType.FIXED32]: positive32,
  [ScalarType.INT64]: whole64,
  [ScalarType.SINT64]: whole64,
  [ScalarType.SFIXED64]: whole64,
  [ScalarType.UINT64]: positive64,
  [ScalarType.FIXED64]: positive64,
};
