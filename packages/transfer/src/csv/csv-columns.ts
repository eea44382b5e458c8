import { fromJson, toJson } from "@bufbuild/protobuf";
import { TimestampSchema } from "@bufbuild/protobuf/wkt";
import {
  createVariable,
  type Derivation,
  fromPayload,
  type Origin,
  origins,
  type Payload,
  type Staleness,
  toPayload,
  type ValueRecord,
  type Variable,
} from "@trimtab/core";
import { fromTimestamp, toTimestamp } from "@trimtab/wire";
import { parseJsonRecord } from "../json/parse-json.ts";
import { writeCompactJson } from "../json/write-json.ts";
import { malformed, problemOf } from "../malformed.ts";
import { readEntries, readValue, writeEntries, writeValue } from "./csv-value.ts";

/** How each column is written, in the order of the columns. */
const writers = {
  id: ({ id }) => id,
  name: ({ name }) => name,
  type: ({ type }) => type,
  value: ({ payload }) => writeValue(payload),
  constraints: ({ constraints }) => writeRecord(constraints),
  metadata: ({ metadata }) => writeRecord(metadata),
  description: ({ description }) => description,
  version: ({ version }) => String(version),
  revision: ({ revision }) => String(revision),
  created_at: ({ createdAtMs }) => writeTime(createdAtMs),
  updated_at: ({ updatedAtMs }) => writeTime(updatedAtMs),
  updated_by: ({ updatedBy }) => updatedBy,
  origin: ({ origin }) => origin,
  read_only: ({ readOnly }) => String(readOnly),
  sensitive: ({ sensitive = false }) => String(sensitive),
  derivation: ({ derivation }) => (derivation === undefined ? "" : writeDerivation(derivation)),
  stale: ({ stale }) => (stale === undefined ? "" : writeStaleness(stale)),
} as const satisfies Record<string, (variable: Variable) => string>;

/** A column of the table. */
export type Column = keyof typeof writers;

/** The columns, in the order they are written. */
export const columns = Object.keys(writers) as readonly Column[];

/** Says whether a table may have a column of this name. */
export const isColumn = (name: string): name is Column => Object.hasOwn(writers, name);

/** The cells of a variable, one for each of {@link columns}. */
export const writeVariable = (variable: Variable): string[] => columns.map((column) => writers[column](variable));

const writeRecord = (record: ValueRecord): string => writeEntries(entriesOf(toPayload(record)));

const entriesOf = (payload: Payload): ReadonlyMap<string, Payload> =>
  payload.kind === "map" ? payload.value : new Map();

const writeTime = (atMs: number): string => toJson(TimestampSchema, toTimestamp(atMs));

const writeDerivation = (derivation: Derivation): string =>
  writeCompactJson(
    derivation.kind === "expression" ? { expression: derivation.expression } : { function: derivation.name },
  );

const writeStaleness = ({ cause, sinceRevision }: Staleness): string =>
  writeCompactJson({ cause, since_revision: sinceRevision });

/** A row by column; a column that the table does not have is empty. */
export type Row = Readonly<Partial<Record<Column, string>>>;

/** What stands in for cells that are empty or not there. */
export interface RowDefaults {
  readonly id: string;
  readonly atMs: number;
}

/**
 * Reads a variable from its row. Name, type and value must be there; the rest may be empty.
 *
 * @throws StoreError `invalid_argument` naming the cell and the problem
 */
export function readVariable(row: Row, path: string, defaults: RowDefaults): Variable {
  const cell = (column: Column): string => row[column] ?? "";
  const at = (column: Column): string => `${path}.${column}`;
  const given = (column: Column): boolean => cell(column).trim() !== "";
  for (const column of ["name", "type", "value"] as const) {
    if (cell(column) === "") throw malformed(at(column), "is required");
  }
  const createdAtMs = given("created_at") ? readTime(cell("created_at"), at("created_at")) : defaults.atMs;
  return createVariable({
    id: cell("id") || defaults.id,
    name: cell("name"),
    type: cell("type"),
    payload: readValue(cell("value"), at("value")),
    constraints: readRecord(cell("constraints"), at("constraints")),
    metadata: readRecord(cell("metadata"), at("metadata")),
    description: cell("description"),
    version: readWhole(cell("version"), at("version")),
    revision: readWhole(cell("revision"), at("revision")),
    createdAtMs,
    updatedAtMs: given("updated_at") ? readTime(cell("updated_at"), at("updated_at")) : createdAtMs,
    updatedBy: cell("updated_by"),
    origin: readOrigin(cell("origin"), at("origin")),
    readOnly: readFlag(cell("read_only"), at("read_only")),
    ...(readFlag(cell("sensitive"), at("sensitive")) && { sensitive: true }),
    ...(given("derivation") && { derivation: readDerivation(cell("derivation"), at("derivation")) }),
    ...(given("stale") && { stale: readStaleness(cell("stale"), at("stale")) }),
  });
}

const readRecord = (cell: string, path: string): ValueRecord =>
  fromPayload({ kind: "map", value: readEntries(cell, path) }) as ValueRecord;

function readTime(cell: string, path: string): number {
  try {
    return fromTimestamp(fromJson(TimestampSchema, cell.trim()), path);
  } catch (error) {
    throw malformed(path, `is no time: ${problemOf(error)}`);
  }
}

function readWhole(cell: string, path: string): number {
  const number = /^\d{1,16}$/.test(cell.trim()) ? Number(cell) : Number.NaN;
  if (cell.trim() === "") return 0;
  if (Number.isSafeInteger(number)) return number;
  throw malformed(path, `must be a whole number of at least 0, got ${JSON.stringify(cell.slice(0, 40))}`);
}

function readOrigin(cell: string, path: string): Origin {
  if (cell === "") return "other";
  const origin = origins.find((each) => each === cell);
  if (origin === undefined) throw malformed(path, `must be one of ${origins.join(", ")}`);
  return origin;
}

/** Spreadsheets write truth in capitals. */
function readFlag(cell: string, path: string): boolean {
  const flag = cell.trim().toLowerCase();
  if (flag !== "" && flag !== "true" && flag !== "false") throw malformed(path, "must be true or false");
  return flag === "true";
}

function readDerivation(cell: string, path: string): Derivation {
  const { expression, function: name, ...rest } = parseJsonRecord(cell, path);
  const isAlone = Object.keys(rest).length === 0;
  if (typeof expression === "string" && name === undefined && isAlone) return { kind: "expression", expression };
  if (typeof name === "string" && expression === undefined && isAlone) return { kind: "function", name };
  throw malformed(path, 'must be {"expression": text} or {"function": text}');
}

function readStaleness(cell: string, path: string): Staleness {
  const { cause, since_revision: sinceRevision, ...rest } = parseJsonRecord(cell, path);
  const isWhole = typeof sinceRevision === "number" && Number.isSafeInteger(sinceRevision) && sinceRevision >= 0;
  if (typeof cause === "string" && isWhole && Object.keys(rest).length === 0) return { cause, sinceRevision };
  throw malformed(path, 'must be {"cause": text, "since_revision": number}');
}
