import { type DescField, type DescMessage, fromJson, type JsonValue } from "@bufbuild/protobuf";
import { nearest } from "@trimtab/core";
import { exampleOf, formOf, type NameOf } from "./json-forms.ts";

/** What is wrong with a part of some JSON, and where in it. */
export interface JsonProblem {
  /** Names as the JSON has them; empty for the whole. */
  readonly path: string;
  /** What is there to be said after the path. */
  readonly problem: string;
  readonly given?: JsonValue;
}

/** How JSON is spoken of. */
export interface JsonWords {
  /** Where in something larger it is; empty unless given. */
  readonly path?: string;
  /** What fields are called that are to be told; their names in JSON unless given. */
  readonly nameOf?: NameOf;
}

/**
 * Finds what is wrong with JSON that was found to be no message of this kind: the first field that is not what it should be, what is
 * wanted there and what was given. Gives `undefined` where nothing is found.
 */
export const findJsonProblem = (
  schema: DescMessage,
  json: JsonValue,
  { path = "", nameOf = ({ jsonName }) => jsonName }: JsonWords = {},
): JsonProblem | undefined => findIn(schema, json, { path, depth: 0, nameOf });

/** Where in the JSON something is. */
interface Place {
  readonly path: string;
  readonly depth: number;
  readonly nameOf: NameOf;
}

/** As deep as messages are read. */
const maxDepth = 100;

const within = (place: Place, name: string): Place => ({
  ...place,
  path: place.path === "" ? name : `${place.path}.${name}`,
});

const deeper = (place: Place): Place => ({ ...place, depth: place.depth + 1 });

/** Finds the first field that is no field, or not of its form. Each part of the JSON is looked at once. */
function findIn(schema: DescMessage, json: JsonValue, place: Place): JsonProblem | undefined {
  const { path } = place;
  if (place.depth >= maxDepth) return { path, problem: `is nested deeper than ${maxDepth} levels` };
  if (hasOwnForm(schema))
    return isRead(schema, json) ? undefined : wrong(place, formOf(schema, json, place.nameOf), json);
  if (!isObject(json)) return wrong(place, formOf(schema, json, place.nameOf), json);
  const chosen = new Set<string>();
  for (const [key, value] of Object.entries(json)) {
    const field = schema.fields.find(({ name, jsonName }) => key === jsonName || key === name);
    const at = within(place, key);
    if (field === undefined) return { path: at.path, problem: `is unknown; ${hintFor(schema, key, place.nameOf)}` };
    // A null is no field, but where it is a value.
    if (value === null && !isNullValue(field)) continue;
    const choice = field.oneof;
    if (choice !== undefined && chosen.has(choice.name))
      return { path, problem: `has more than one of ${list(choice.fields, place.nameOf)}` };
    if (choice !== undefined) chosen.add(choice.name);
    const found = findInField(field, value, at);
    if (found !== undefined) return found;
  }
  return undefined;
}

function findInField(field: DescField, json: JsonValue, place: Place): JsonProblem | undefined {
  if (field.fieldKind === "message") return findIn(field.message, json, deeper(place));
  if (field.fieldKind === "list") return findInList(field, json, place);
  if (field.fieldKind === "map") return findInMap(field, json, place);
  return isRead(field.parent, { [field.jsonName]: json })
    ? undefined
    : wrong(place, formOf(field, json, place.nameOf), json);
}

function findInList(field: DescField & { fieldKind: "list" }, json: JsonValue, place: Place): JsonProblem | undefined {
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
  return index === undefined
    ? undefined
    : wrong(at(index), formOf(field, json[index] ?? null, place.nameOf), json[index] ?? null);
}

function findInMap(field: DescField & { fieldKind: "map" }, json: JsonValue, place: Place): JsonProblem | undefined {
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
  return index === undefined ? undefined : wrong(within(place, key), formOf(field, item, place.nameOf), item);
}

const findInItem = (
  field: DescField & { message: DescMessage },
  item: JsonValue,
  at: Place,
): JsonProblem | undefined =>
  item === null ? wrong(at, formOf(field, item, at.nameOf), item) : findIn(field.message, item, deeper(at));

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

const wrong = ({ path }: Place, form: string, given: JsonValue): JsonProblem => ({
  path,
  problem: `must be ${form}, got ${quoted(given)}`,
  given,
});

/** A number such as `1e999` has become infinite by now, which JSON has no word for. */
const quoted = (given: JsonValue): string =>
  typeof given === "number" && !Number.isFinite(given)
    ? "a number too large for 64 bits"
    : shortened(JSON.stringify(given));

/** Quotes what was given, so that it can be found again and no more. */
const shortened = (text: string): string => (text.length <= 60 ? text : `${text.slice(0, 60).toWellFormed()}…`);

const list = (fields: readonly DescField[], nameOf: NameOf): string => fields.map(nameOf).join(", ");

function hintFor(schema: DescMessage, key: string, nameOf: NameOf): string {
  const names = schema.fields.map(nameOf);
  const meant = nearest(key, names);
  return meant === undefined
    ? `there ${names.length === 0 ? "are no fields" : `are ${names.join(", ")}`}`
    : `did you mean ${meant}?`;
}
