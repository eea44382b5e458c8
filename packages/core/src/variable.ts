import type { Permissions } from "./access/access-rule.ts";
import type { Origin } from "./origin.ts";
import { fromPayload, type Payload, type Value, type ValueRecord } from "./payload.ts";
import { storeError } from "./store-error.ts";

/** One variable at one version. Immutable: a write makes a new one. Times are milliseconds since the Unix epoch. */
export interface Variable {
  /** `var_<name>_<n>`, unique in its session and never used again. */
  readonly id: string;
  readonly name: string;
  readonly type: string;
  /** The exact stored form, which the variable's type decodes. */
  readonly payload: Payload;
  /** The plain form of the same value. */
  readonly value: Value;
  readonly constraints: ValueRecord;
  readonly metadata: ValueRecord;
  readonly description: string;
  /** 0 when registered, one more per write of the value. */
  readonly version: number;
  /** Session revision of the commit that last changed it: its value, or what surrounds that. */
  readonly revision: number;
  readonly createdAtMs: number;
  /** When it was last changed; strictly greater than at the change before. */
  readonly updatedAtMs: number;
  /** Who wrote its value last, as `origin` says from where. */
  readonly updatedBy: string;
  readonly origin: Origin;
  readonly readOnly: boolean;
  /** How the value follows from other variables, where it does. */
  readonly derivation?: Derivation;
  /** Present while the value does not follow from its dependencies' present values. */
  readonly stale?: Staleness;
  /** The value is left out of errors, and of what is shown to those without read access. */
  readonly sensitive?: true;
  /** Its own access rules, where any were ever set. Only the session that it belongs to sees them. */
  readonly permissions?: Permissions;
}

/** How a derived variable's value is made. */
export type Derivation =
  /** A CEL expression over the names of the variables that it depends on. */
  | { readonly kind: "expression"; readonly expression: string }
  /** The name of a function that the deciding process has been given. */
  | { readonly kind: "function"; readonly name: string };

/** Why a derived variable keeps an old value. */
export interface Staleness {
  /** A sentence for people. */
  readonly cause: string;
  /** Session revision since which the value is stale. */
  readonly sinceRevision: number;
}

/** What {@link createVariable} takes; the last group has defaults. */
export type VariableAttributes = Pick<Variable, "id" | "name" | "type" | "payload" | "createdAtMs"> &
  Partial<Omit<Variable, "value">>;

const required = ["id", "name", "type", "payload", "createdAtMs"] as const;
const optional = [
  "constraints",
  "metadata",
  "description",
  "version",
  "revision",
  "updatedAtMs",
  "updatedBy",
  "origin",
  "readOnly",
  "derivation",
  "stale",
  "sensitive",
  "permissions",
];
const known = new Set<string>([...required, ...optional]);

/**
 * Makes a variable from its attributes, without asking its type: the value must already be in stored form.
 *
 * @throws StoreError `missing_required_fields` naming every one that lacks; `invalid_argument` for an unknown one
 */
export function createVariable(attributes: VariableAttributes): Variable {
  const missing = required.filter((field) => attributes[field] === undefined);
  if (missing.length > 0) {
    throw storeError("missing_required_fields", `Missing required fields: ${missing.join(", ")}`, { fields: missing });
  }
  const unknown = Object.keys(attributes).find((field) => !known.has(field));
  if (unknown !== undefined) throw storeError("invalid_argument", `unknown field ${unknown}`, { field: unknown });
  const { constraints = emptyRecord, metadata = emptyRecord, description = "", version = 0, revision = 0 } = attributes;
  const { id, name, type, payload, createdAtMs, updatedAtMs = createdAtMs, updatedBy = "" } = attributes;
  const { origin = "typescript", readOnly = false, derivation, stale, sensitive, permissions } = attributes;
  // In one literal what every variable has: all that follow from this one by spreading keep it together as this does.
  const made: Variable = {
    constraints,
    metadata,
    description,
    version,
    revision,
    updatedAtMs,
    updatedBy,
    origin,
    readOnly,
    id,
    name,
    type,
    payload,
    createdAtMs,
    value: fromPayload(payload),
  };
  return Object.freeze({
    ...made,
    ...(derivation !== undefined && { derivation }),
    ...(stale !== undefined && { stale }),
    ...(sensitive !== undefined && { sensitive }),
    ...(permissions !== undefined && { permissions }),
  });
}

/** The record with nothing in it, shared. */
export const emptyRecord: ValueRecord = Object.freeze({});

/** One write to a variable's value, already validated and encoded. */
export interface ValueUpdate {
  readonly payload: Payload;
  readonly atMs: number;
  /** The version that it makes; one more than before unless given. */
  readonly version?: number;
  readonly revision?: number;
  readonly origin?: Origin;
  readonly updatedBy?: string;
  /** Merged into the variable's metadata. */
  readonly metadata?: ValueRecord;
}

/**
 * The variable after a write: version one higher unless given, `updatedAtMs` at least a microsecond later, metadata merged.
 * `metadata.source` keeps what the caller said and is the origin otherwise; `metadata.updated_at` is the ISO time.
 */
export function updateValue(variable: Variable, update: ValueUpdate): Variable {
  const origin = update.origin ?? "typescript";
  const updatedAtMs = laterThan(variable.updatedAtMs, update.atMs);
  return Object.freeze({
    ...variable,
    payload: update.payload,
    value: fromPayload(update.payload),
    version: update.version ?? variable.version + 1,
    revision: update.revision ?? variable.revision,
    updatedAtMs,
    updatedBy: update.updatedBy ?? variable.updatedBy,
    origin,
    metadata: mergeMetadata(variable.metadata, update, isoTimeOf(updatedAtMs)),
  });
}

interface Merge {
  readonly before: ValueRecord;
  readonly said: ValueRecord | undefined;
  readonly origin: Origin;
  readonly at: string;
  readonly merged: ValueRecord;
}

let last: Merge | undefined;

/** The metadata after a write. Variables of one commit that had the same before, as most have, share what they have after. */
function mergeMetadata(before: ValueRecord, { origin = "typescript", metadata: said }: ValueUpdate, at: string) {
  if (last?.before === before && last.said === said && last.at === at && last.origin === origin) return last.merged;
  if ((said === undefined || said === emptyRecord) && isOfWrites(before)) return metadataOfWrites(origin, at);
  const merged = Object.freeze({ ...before, source: origin, ...said, updated_at: at });
  last = { before, said, origin, at, merged };
  return merged;
}

/** Says whether metadata is what writes leave in it of which nobody said anything. */
function isOfWrites(metadata: ValueRecord): boolean {
  for (const name in metadata) if (name !== "source" && name !== "updated_at") return false;
  return true;
}

let lastOfWrites: ValueRecord = emptyRecord;

/** The metadata of which nobody said anything. Variables that are written within one millisecond share it. */
function metadataOfWrites(source: Origin, at: string): ValueRecord {
  if (lastOfWrites["updated_at"] !== at || lastOfWrites["source"] !== source)
    lastOfWrites = Object.freeze({ source, updated_at: at });
  return lastOfWrites;
}

let lastMs = Number.NaN;
let lastIsoTime = "";

/** A time as ISO text. Writes that follow each other closely share a millisecond, whose text is made once. */
function isoTimeOf(atMs: number): string {
  const ms = Math.trunc(atMs);
  if (ms !== lastMs) {
    lastIsoTime = new Date(ms).toISOString();
    lastMs = ms;
  }
  return lastIsoTime;
}

/** The later of two times, moved on by one microsecond where the clock has not moved past the first. */
export const laterThan = (beforeMs: number, nowMs: number): number =>
  nowMs > beforeMs ? nowMs : Math.round(beforeMs * 1000 + 1) / 1000;

/** Milliseconds since the variable was registered. */
export const variableAgeMs = (variable: Variable, nowMs: number): number => nowMs - variable.createdAtMs;

/** Milliseconds since the variable was last written. */
export const timeSinceUpdateMs = (variable: Variable, nowMs: number): number => nowMs - variable.updatedAtMs;
