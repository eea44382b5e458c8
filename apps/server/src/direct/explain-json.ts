import { type DescField, type DescMessage, fromJson, type JsonValue } from "@bufbuild/protobuf";
import { type StoreError, storeError } from "@trimtab/core";
import { nearest } from "../nearest.ts";
import { exampleOf, formOf } from "./json-forms.ts";

/** What is wrong with a part of a request, and where in it. */
interface Problem {
  readonly path: string;
  /** What is there to be said after the path. */
  readonly problem: string;
  readonly given?: JsonValue;
}

/**
 * Says what is wrong with JSON that was found to be no message of this kind: `invalid_argument` with the path of the first field that
 * is not what it should be, what is wanted there and what was given. `failure` is what found it, for what has no path: bytes that are
 * no JSON, names that come twice.
 */
export function explainJson(schema: DescMessage, text: string, failure: unknown): StoreError {
  const json = parse(text);
  const found = json === undefined ? undefined : findIn(schema, json, { path: "", depth: 0 });
  if (found === undefined) return invalid("request", `cannot be read: ${wordsOf(failure)}`);
  const { path, problem, given } = found;
  const isShort = given !== undefined && given !== null && typeof given !== "object" && String(given).length <= 100;
  return invalid(path || "request", problem, isShort ? given : undefined);
}

/** What is quoted may be no well-formed text, and an error must be. */
const invalid = (path: string, problem: string, value?: string | number | boolean): StoreError =>
  storeError("invalid_argument", `${path} ${problem}`.toWellFormed(), {
    field: path.toWellFormed(),
    ...(value !== undefined && { value }),
  });

function parse(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What a reader of JSON says, without where in its own terms. */
const wordsOf = (failure: unknown): string =>
  (failure instanceof Error ? failure.message : String(failure)).replace(
    /^(\[\w+\] )?cannot decode .*? from JSON:? /,
    "",
  );

/** Where in a request something is. */
interface Place {
  readonly path: string;
  readonly depth: number;
}

/** As deep as messages are read. */
const maxDepth = 100;

const within = ({ path, depth }: Place, name: string): Place => ({
  path: path === "" ? name : `${path}.${name}`,
  depth,
});

const deeper = ({ path, depth }: Place): Place => ({ path, depth: depth + 1 });

/** Finds the first field that is no field, or not of its form. Each part of the JSON is looked at once. */
function findIn(schema: DescMessage, json: JsonValue, place: Place): Problem | undefined {
  const { path } = place;
  if (place.depth >= maxDepth) return { path, problem: `is nested deeper than ${maxDepth} levels` };
  if (hasOwnForm(schema)) return isRead(schema, json) ? undefined : wrong(place, formOf(schema, json), json);
  if (!isObject(json)) return wrong(place, formOf(schema, json), json);
  const chosen = new Set<string>();
  for (const [key, value] of Object.entries(json)) {
    const field = schema.fields.find(({ name, jsonName }) => key === jsonName || key === name);
    const at = within(place, key);
    if (field === undefined) return { path: at.path, problem: `is unknown; ${hintFor(schema, key)}` };
    // A null is no field, but where it is a value.
    if (value === null && !isNullValue(field)) continue;
    const choice = field.oneof;
    if (choice !== undefined && chosen.has(choice.name))
      return { path: path || "request", problem: `has more than one of ${list(choice.fields)}` };
    if (choice !== undefined) chosen.add(choice.name);
    const found = findInField(field, value, at);
    if (found !== undefined) return found;
  }
  return undefined;
}

function findInField(field: DescField, json: JsonValue, place: Place): Problem | undefined {
  if (field.fieldKind === "message") return findIn(field.message, json, deeper(place));
  if (field.fieldKind === "list") return findInList(field, json, place);
  if (field.fieldKind === "map") return findInMap(field, json, place);
  return isRead(field.parent, { [field.jsonName]: json }) ? undefined : wrong(place, formOf(field, json), json);
}

function findInList(field: DescField & { fieldKind: "list" }, json: JsonValue, place: Place): Problem | undefined {
  if (!Array.isArray(json)) return wrong(place, "a list", json);
  const at = (index: number): Place => ({ ...place, path: `${place.path}[${index}]` });
  if (field.listKind === "message") {
    for (const [index, item] of json.entries()) {
      const found = findInItem(field, item, at(index));
      if (found !== undefined) return found;
    }
    return undefined;
  }
  const index = firstWrong(json, (items) => isRead(field.parent, { [field.jsonName]: items }));
  return index === undefined ? undefined : wrong(at(index), formOf(field, json[index] ?? null), json[index] ?? null);
}

function findInMap(field: DescField & { fieldKind: "map" }, json: JsonValue, place: Place): Problem | undefined {
  if (!isObject(json)) return wrong(place, `an object such as ${exampleOf(field)}`, json);
  const entries = Object.entries(json);
  if (field.mapKind === "message") {
    for (const [key, item] of entries) {
      const found = findInItem(field, item, within(place, key));
      if (found !== undefined) return found;
    }
    return undefined;
  }
  const index = firstWrong(entries, (some) => isRead(field.parent, { [field.jsonName]: Object.fromEntries(some) }));
  const [key = "", item = null] = entries[index ?? -1] ?? [];
  return index === undefined ? undefined : wrong(within(place, key), formOf(field, item), item);
}

const findInItem = (field: DescField & { message: DescMessage }, item: JsonValue, at: Place): Problem | undefined =>
  item === null ? wrong(at, formOf(field, item), item) : findIn(field.message, item, deeper(at));

/** Finds the first item that is not read, by halves: what is read of a long list is so read twice and not item by item. */
function firstWrong<T>(items: readonly T[], isRead: (some: T[]) => boolean): number | undefined {
  if (isRead([...items])) return undefined;
  let [from, to] = [0, items.length];
  while (to - from > 1) {
    const middle = (from + to) >> 1;
    if (isRead(items.slice(from, middle))) from = middle;
    else to = middle;
  }
  return from;
}

/** Messages that JSON has a form of its own for, most of them text. */
const hasOwnForm = ({ typeName }: DescMessage): boolean => typeName.startsWith("google.protobuf.");

const isNullValue = (field: DescField): boolean =>
  field.fieldKind === "enum" && field.enum.typeName === "google.protobuf.NullValue";

function isRead(schema: DescMessage, json: JsonValue): boolean {
  try {
    fromJson(schema, json);
    return true;
  } catch {
    return false;
  }
}

const isObject = (json: JsonValue): json is { [key: string]: JsonValue } =>
  typeof json === "object" && json !== null && !Array.isArray(json);

const wrong = ({ path }: Place, form: string, given: JsonValue): Problem => ({
  path,
  problem: `must be ${form}, got ${shortened(JSON.stringify(given))}`,
  given,
});

/** Quotes what was given, so that it can be found again and no more. */
const shortened = (text: string): string => (text.length <= 60 ? text : `${text.slice(0, 60).toWellFormed()}…`);

const list = (fields: readonly DescField[]): string => fields.map(({ jsonName }) => jsonName).join(", ");

function hintFor(schema: DescMessage, key: string): string {
  const names = schema.fields.map(({ jsonName }) => jsonName);
  const meant = nearest(key, names);
  return meant === undefined
    ? `there ${names.length === 0 ? "are no fields" : `are ${names.join(", ")}`}`
    : `did you mean ${meant}?`;
}
