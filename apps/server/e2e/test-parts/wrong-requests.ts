import { type DescField, type DescMessage, type JsonValue, ScalarType } from "@bufbuild/protobuf";

/** A request in JSON. */
export type JsonRequest = { readonly [field: string]: JsonValue };

/** Requests of a kind that each have one thing that may be wrong: every field too large, too small, empty, foreign or left out. */
export const wrongRequests = (request: DescMessage): Iterable<JsonRequest> =>
  variants(request, plausible(request, 0), 0);

/** How deep messages within messages go. */
const maxDepth = 3;

function* variants(message: DescMessage, good: JsonRequest, depth: number): Generator<JsonRequest> {
  for (const field of message.fields) {
    const { [field.jsonName]: own, ...others }: { [field: string]: JsonValue } = good;
    yield others;
    for (const each of field.oneof?.fields ?? []) if (each !== field) delete others[each.jsonName];
    for (const bad of doubtful(field)) yield { ...others, [field.jsonName]: bad };
    if (Array.isArray(own)) yield { ...others, [field.jsonName]: [...own, ...own] };
    const inner = messageIn(field);
    if (inner === undefined || depth === maxDepth) continue;
    const isList = field.fieldKind === "list";
    const from = (isList ? (own as JsonValue[] | undefined)?.[0] : own) as JsonRequest | undefined;
    for (const each of variants(inner, from ?? {}, depth + 1))
      yield { ...others, [field.jsonName]: isList ? [each] : each };
  }
}

/** A request that says something in most of its fields. */
function plausible({ fields }: DescMessage, depth: number): JsonRequest {
  const given = new Map<DescField | NonNullable<DescField["oneof"]>, [string, JsonValue]>();
  for (const field of fields) {
    const value = depth > maxDepth || leftOut.has(field.jsonName) ? undefined : plausibleField(field, depth);
    const place = field.oneof ?? field;
    if (value !== undefined && !given.has(place)) given.set(place, [field.jsonName, value]);
  }
  return Object.fromEntries(given.values());
}

/** What would be looked at before all else. */
const leftOut = new Set(["pageToken", "resumeToken", "context", "filter", "pattern", "derivation"]);

const texts: Readonly<Record<string, string>> = {
  sessionId: "s",
  variable: "a",
  variables: "a",
  dependsOn: "b",
  type: "float",
  expression: "a < 5.0",
  sessionPattern: "*",
};

function plausibleField(field: DescField, depth: number): JsonValue | undefined {
  if (field.fieldKind === "enum") return field.enum.values.at(-1)?.name;
  if (field.fieldKind === "scalar") {
    if (field.scalar === ScalarType.STRING) return texts[field.jsonName] ?? "x";
    return field.scalar === ScalarType.BOOL || field.scalar === ScalarType.BYTES ? undefined : 1;
  }
  if (field.fieldKind === "map") return undefined;
  const message = field.message;
  const item =
    message === undefined
      ? (texts[field.jsonName] ?? "x")
      : (ownForms.get(message.typeName) ?? plausible(message, depth + 1));
  if (field.fieldKind === "message") return item;
  return message === undefined && field.scalar !== ScalarType.STRING ? undefined : [item];
}

const ownForms: ReadonlyMap<string, JsonValue> = new Map<string, JsonValue>([
  ["google.protobuf.Duration", "5s"],
  ["google.protobuf.Timestamp", "2026-01-01T00:00:00Z"],
  ["google.protobuf.FieldMask", "ttl"],
  ["trimtab.v1.Value", { number: 1 }],
]);

/** The message that a field holds, whose own fields may be wrong as well. */
function messageIn(field: DescField): DescMessage | undefined {
  if (field.fieldKind !== "message" && field.fieldKind !== "list") return undefined;
  return field.message === undefined || ownForms.has(field.message.typeName) ? undefined : field.message;
}

/** What is of the right kind and yet may not do. */
function doubtful(field: DescField): readonly JsonValue[] {
  switch (field.fieldKind) {
    case "scalar":
      return doubtfulScalars(field.scalar);
    case "enum":
      return [0, 99, ...field.enum.values.map(({ number }) => number)];
    case "message":
      return doubtfulMessages.get(field.message.typeName) ?? [{}];
    case "list":
      return field.message !== undefined
        ? [[], [{}]]
        : field.scalar === ScalarType.STRING
          ? [[], [""], ["a", "a", "nope", "a/b"]]
          : [[]];
    case "map":
      return ["a", "a/b", "", "loss"].map((key) => ({ [key]: field.message === undefined ? "NaN" : {} }));
  }
}

function doubtfulScalars(scalar: ScalarType): readonly JsonValue[] {
  if (scalar === ScalarType.STRING) return ["", "a/b", "\0", "nope", "x".repeat(300), "a <"];
  if (scalar === ScalarType.BOOL) return [true];
  if (scalar === ScalarType.BYTES) return ["AAAA"];
  return scalar === ScalarType.DOUBLE ? [-1, 0, 1e300, "NaN"] : [0, 2_000_000, -1, "9007199254740993"];
}

const doubtfulMessages: ReadonlyMap<string, readonly JsonValue[]> = new Map<string, readonly JsonValue[]>([
  ["google.protobuf.Duration", ["0s", "-1s", "0.0000001s", "99999999999s"]],
  ["google.protobuf.Timestamp", ["0001-01-01T00:00:00Z", "9999-01-01T00:00:00Z"]],
  ["google.protobuf.FieldMask", ["", "nope"]],
  [
    "trimtab.v1.Value",
    [{}, { string: "warm" }, { number: 1e9 }, { list: { items: [{}] } }, { map: { entries: { k: {} } } }],
  ],
]);

/** Requests of a kind that each have one field of a form that it cannot have, and the path of that. */
export function* malformedRequests(
  message: DescMessage,
  path = "",
  depth = 0,
): Generator<{ body: JsonRequest; path: string }> {
  for (const field of message.fields) {
    const own = `${path}${field.jsonName}`;
    // Text is enough for most to be wrong; for text itself, a mask's included, it is a number.
    const isText = field.fieldKind === "scalar" && field.scalar === ScalarType.STRING;
    const isMask = field.fieldKind === "message" && field.message.typeName === "google.protobuf.FieldMask";
    const bad = isText || isMask ? 5 : "\u00e4*";
    yield { body: { [field.jsonName]: bad }, path: own };
    const inner = messageIn(field);
    if (inner === undefined || depth === maxDepth) continue;
    const isList = field.fieldKind === "list";
    for (const each of malformedRequests(inner, `${own}${isList ? "[0]" : ""}.`, depth + 1))
      yield { path: each.path, body: { [field.jsonName]: isList ? [each.body] : each.body } };
  }
}

/** Says whether a path is one of a request's, as who writes it in JSON knows it; a choice between fields may be named as a whole. */
export function isPathIn({ fields, oneofs }: DescMessage, path: string): boolean {
  if (oneofs.some(({ name }) => name === path)) return true;
  const field = fields.find(
    ({ jsonName }) => path === jsonName || path.startsWith(`${jsonName}.`) || path.startsWith(`${jsonName}[`),
  );
  if (field === undefined) return false;
  const rest = path.slice(field.jsonName.length).replace(field.fieldKind === "list" ? /^\[\d+\]/ : "", "");
  const inner = messageIn(field);
  return rest === "" || inner === undefined || (rest.startsWith(".") && isPathIn(inner, rest.slice(1)));
}
