import {
  createVariable,
  type Origin,
  origins,
  requireArguments,
  toPayload,
  type Value,
  type ValueRecord,
  type Variable,
  type VariableVersion,
  variableId,
} from "@trimtab/core";
import { malformed } from "../malformed.ts";
import { entryAsVersion } from "./optimization-entry.ts";
import { readingArguments, writingArguments } from "./plain-arguments.ts";
import { fromPlainValue, type PlainValue, toPlainValue } from "./plain-value.ts";

/** A variable as plain data, under the names that every language uses; ready for JSON. */
export interface PlainVariable {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  /** A module's name is a reference: `{"__dspex_type__": "module_reference", "module_name": name}`. */
  readonly value: PlainValue;
  readonly constraints: { readonly [key: string]: PlainValue };
  readonly metadata: { readonly [key: string]: PlainValue };
  /** Ids of the variables that it depends on. */
  readonly dependencies: readonly string[];
  /** Its versions, oldest first. */
  readonly history?: readonly PlainVersion[];
}

/** One version of a variable as plain data. */
export interface PlainVersion {
  readonly version: number;
  /** Absent where it is no longer kept. */
  readonly value?: PlainValue;
  /** ISO 8601, in UTC. */
  readonly updated_at: string;
  readonly updated_by: string;
  readonly origin: Origin;
  readonly metadata: { readonly [key: string]: PlainValue };
}

/** What belongs to a variable without being part of it. */
export interface PlainSurroundings {
  /** Ids of the variables that it depends on. */
  readonly dependencies?: Iterable<string>;
  readonly history?: readonly VariableVersion[];
}

/** Puts a variable into plain data; {@link fromPlain} reads it back. Throws `invalid_argument` for what is no variable. */
export function toPlain(variable: Variable, surroundings: PlainSurroundings = {}): PlainVariable {
  requireArguments(writingArguments, [variable, surroundings]);
  const { dependencies = [], history } = surroundings;
  const { id, name, type, payload, constraints, metadata } = variable;
  return {
    id,
    name,
    type,
    value: toTypedValue(type, toPlainValue(payload)),
    constraints: toPlainRecord(constraints),
    metadata: toPlainRecord(metadata),
    dependencies: [...dependencies],
    ...(history !== undefined && { history: history.map((each) => toPlainVersion(type, each)) }),
  };
}

const toTypedValue = (type: string, plain: PlainValue): PlainValue =>
  type === "module" && typeof plain === "string" ? { ...moduleReference, module_name: plain } : plain;

const moduleReference = { __dspex_type__: "module_reference" } as const;

const toPlainRecord = (record: ValueRecord): { [key: string]: PlainValue } =>
  Object.fromEntries(Object.entries(record).map(([key, item]) => [key, toPlainValue(toPayload(item))]));

const toPlainVersion = (type: string, version: VariableVersion): PlainVersion => ({
  version: version.version,
  ...(version.payload !== undefined && { value: toTypedValue(type, toPlainValue(version.payload)) }),
  updated_at: new Date(version.updatedAtMs).toISOString(),
  updated_by: version.updatedBy,
  origin: version.origin,
  metadata: toPlainRecord(version.metadata),
});

/** A variable that was read from plain data, with what belongs to it. */
export interface ParsedPlain {
  /** Its value is as the data says; a store brings it into the form of its type. */
  readonly variable: Variable;
  /** Ids of the variables that it depends on, each once. */
  readonly dependencies: readonly string[];
  readonly history: readonly VariableVersion[];
}

const fields = [
  "id",
  "name",
  "type",
  "value",
  "constraints",
  "metadata",
  "dependencies",
  "history",
  "optimization_history",
];

/**
 * Reads a variable from plain data. Name, type and value must be there; constraints and metadata are empty, and
 * dependencies and history none, unless given. In place of `history` there may be `optimization_history`: entries of `timestamp`, `value`
 * and, where they are told, `optimizer_id`, `metrics` and `metadata`, newest first, which are versions counted from the oldest one. A
 * module's name may be a reference or bare text. What plain data does not
 * tell, such as times, is as `nowMs` and the newest version say.
 *
 * @throws StoreError `invalid_argument` naming the field and the problem, an unknown field included
 */
export function fromPlain(plain: unknown, options: { nowMs?: number } = {}): ParsedPlain {
  requireArguments(readingArguments, [plain, options]);
  const { nowMs = Date.now() } = options;
  const data = record(plain, "variable");
  const unknown = Object.keys(data).find((key) => !fields.includes(key));
  if (unknown !== undefined) throw malformed("variable", `has the unknown field ${JSON.stringify(unknown)}`);
  const [name, type] = [text(data["name"], "name"), text(data["type"], "type")];
  if (data["value"] === undefined) throw malformed("value", "is required");
  const history = readHistory(data, type);
  const newest = history.at(-1);
  const variable = createVariable({
    id: data["id"] === undefined ? variableId(name, 1) : text(data["id"], "id"),
    name,
    type,
    payload: toPayload(fromTypedValue(type, data["value"], "value")),
    constraints: fromPlainRecord(data["constraints"], "constraints"),
    metadata: fromPlainRecord(data["metadata"], "metadata"),
    createdAtMs: history[0]?.updatedAtMs ?? nowMs,
    ...(newest === undefined
      ? { origin: "other" as const }
      : {
          version: newest.version,
          updatedAtMs: newest.updatedAtMs,
          updatedBy: newest.updatedBy,
          origin: newest.origin,
        }),
  });
  const dependencies = list(data["dependencies"], "dependencies").map((id, at) => text(id, `dependencies[${at}]`));
  return { variable, dependencies: [...new Set(dependencies)], history };
}

/** A reference to a module means its name; every other form is the type's to judge. */
function fromTypedValue(type: string, plain: unknown, path: string): Value {
  const value = fromPlainValue(plain, path);
  if (type !== "module" || typeof value !== "object" || value === null) return value;
  const { __dspex_type__: kind, module_name: module } = value as ValueRecord;
  if (kind !== moduleReference.__dspex_type__) return value;
  return text(module, `${path}.module_name`);
}

function fromPlainRecord(plain: unknown, path: string): ValueRecord {
  const entries = Object.entries(record(plain ?? {}, path));
  return Object.fromEntries(
    entries.map(([key, item]) => {
      if (key === "__proto__") throw malformed(path, "uses the reserved key __proto__");
      return [key, fromPlainValue(item, `${path}.${key}`, 1)];
    }),
  );
}

function readHistory(data: { readonly [key: string]: unknown }, type: string): VariableVersion[] {
  const entries = list(data["optimization_history"], "optimization_history");
  const versions = list(data["history"], "history");
  if (entries.length === 0) return versions.map((each, index) => fromVersion(each, type, `history[${index}]`));
  if (versions.length > 0) throw malformed("optimization_history", "tells what history tells already");
  const read = (entry: unknown, index: number) => {
    const path = `optimization_history[${index}]`;
    return fromVersion(entryAsVersion(entry, entries.length - 1 - index, path), type, path);
  };
  return entries.map(read).reverse();
}

function fromVersion(plain: unknown, type: string, path: string): VariableVersion {
  const data = record(plain, path);
  const { version, origin = "other" } = data;
  if (!Number.isSafeInteger(version) || (version as number) < 0) {
    throw malformed(`${path}.version`, "must be a whole number of at least 0");
  }
  const updatedAtMs = Date.parse(text(data["updated_at"], `${path}.updated_at`));
  if (Number.isNaN(updatedAtMs)) throw malformed(`${path}.updated_at`, "is no time");
  const known = origins.find((each) => each === origin);
  if (known === undefined) throw malformed(`${path}.origin`, `must be one of ${origins.join(", ")}`);
  const hasValue = data["value"] !== undefined;
  const value = hasValue ? fromTypedValue(type, data["value"], `${path}.value`) : null;
  return {
    version: version as number,
    ...(hasValue && { value, payload: toPayload(value) }),
    updatedAtMs,
    updatedBy: data["updated_by"] === undefined ? "" : text(data["updated_by"], `${path}.updated_by`, 0),
    origin: known,
    metadata: fromPlainRecord(data["metadata"], `${path}.metadata`),
    revision: 0,
  };
}

function record(plain: unknown, path: string): { readonly [key: string]: unknown } {
  if (typeof plain === "object" && plain !== null && !Array.isArray(plain)) return { ...plain };
  throw malformed(path, "must be named values");
}

function list(plain: unknown, path: string): readonly unknown[] {
  if (plain === undefined || plain === null) return [];
  if (Array.isArray(plain)) return plain;
  throw malformed(path, "must be a list");
}

function text(plain: unknown, path: string, minLength = 1): string {
  if (typeof plain === "string" && plain.isWellFormed() && plain.length >= minLength) return plain;
  throw malformed(path, plain === undefined ? "is required" : "must be text");
}
