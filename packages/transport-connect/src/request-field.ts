import type { DescField, DescMessage } from "@bufbuild/protobuf";
import { type ErrorReason, StoreError } from "@trimtab/core";
import { noteOf } from "@trimtab/wire";

/** An error as a caller hears it, and what the model calls the field that it names, where that is something else. */
export interface RequestError {
  readonly error: StoreError;
  readonly argument: string;
}

/** Reasons whose `field` is one of the request's. In others it is a variable, or one of its constraints. */
const ofRequests: ReadonlySet<ErrorReason> = new Set<ErrorReason>([
  "invalid_argument",
  "invalid_expression",
  "limit_exceeded",
]);

/**
 * Has an error name its field, in details and at the beginning of its message, as {@link toRequestField} does. The message then says
 * what only the model's name for it does.
 */
export function toRequestError(error: StoreError, request: DescMessage): RequestError {
  const { field } = error.details as { readonly field?: string };
  const path = field === undefined || !ofRequests.has(error.reason) ? field : toRequestField(request, field);
  if (field === undefined || path === undefined || path === field) return { error, argument: "" };
  const argument = isSpelt(field, path) ? "" : field;
  const spelt = path + noteOf(argument);
  const message = error.message.startsWith(field) ? spelt + error.message.slice(field.length) : error.message;
  const { reason, items } = error;
  const named = { reason, message, details: { ...error.details, field: path }, items };
  return { error: new StoreError(named as ConstructorParameters<typeof StoreError>[0]), argument };
}

/** Says whether a field has the name that protobuf spells it by, `if_exists` for `ifExists`, which the model knows as little as JSON does. */
const isSpelt = (field: string, path: string): boolean =>
  field.replaceAll("_", "").toLowerCase() === path.replaceAll("_", "").toLowerCase();

/**
 * Gives the path of a request's field as who writes the request in JSON knows it: names in camel case, all of them from the request on.
 * Takes it as protobuf has it (`session_id`), as JSON has it, or as the model has it (`ttlMs`; `name` of what is in `spec`). What is no
 * field of the request, or could be several, is given back as it is. Keys of maps, and what is in a value, are the caller's own.
 */
export function toRequestField(request: DescMessage, field: string): string {
  const { name, rest } = synonyms.has(field) ? { name: field, rest: "" } : split(field);
  const names = [name, ...synonymsOf(name)];
  for (const each of names) {
    const own = pathIn(request, each + rest);
    if (own !== undefined) return own;
  }
  for (const each of names) {
    const [nested, ...others] = request.fields.flatMap((outer) => {
      const path = outer.fieldKind === "message" ? pathIn(outer.message, each + rest) : undefined;
      return path === undefined ? [] : [`${outer.jsonName}.${path}`];
    });
    if (nested !== undefined && others.length === 0) return nested;
  }
  return field;
}

/** What the model calls otherwise than requests do, in the order in which requests are looked through for it. */
const synonyms = new Map<string, readonly string[]>([
  ["after", ["resumeToken"]],
  ["batch", ["updates", "specs", "variables", "rollbacks"]],
  ["data", ["uploadId"]],
  ["id", ["studyId"]],
  ["label", ["name"]],
  ["lease.optimization", ["context.optimizationId"]],
  ["lease.fencingToken", ["context.fencingToken"]],
  ["program", ["programId"]],
  ["refs", ["variables"]],
  ["rule", ["name"]],
  ["session", ["sessionId"]],
  ["space", ["name"]],
  ["study", ["studyId"]],
  ["trialTtlMs", ["trialLeaseTtl"]],
  ["values", ["updates"]],
  ["variable", ["variables", "updates", "specs"]],
]);

/** Times and durations have no unit in a request. */
const synonymsOf = (name: string): readonly string[] =>
  synonyms.get(name) ?? (name.endsWith("Ms") ? [name.slice(0, -"Ms".length)] : []);

/** The first name of a path, and what follows it. */
function split(path: string): { readonly name: string; readonly rest: string } {
  const end = path.search(/[.[]/);
  return end < 0 ? { name: path, rest: "" } : { name: path.slice(0, end), rest: path.slice(end) };
}

/** The path as JSON has it, where messages of this kind have such a field; a choice between fields may be named as a whole. */
function pathIn({ fields, oneofs }: DescMessage, path: string): string | undefined {
  const { name, rest } = split(path);
  const field = fields.find((each) => each.name === name || each.jsonName === name);
  if (field === undefined) return oneofs.some((each) => each.name === path) ? path : undefined;
  const index = field.fieldKind === "list" ? (/^\[\d+\]/.exec(rest)?.[0] ?? "") : "";
  const inner = rest.slice(index.length);
  const message = messageIn(field);
  if (inner === "" || message === undefined) return field.jsonName + rest;
  const within = inner.startsWith(".") ? pathIn(message, inner.slice(1)) : undefined;
  return within === undefined ? undefined : `${field.jsonName}${index}.${within}`;
}

/** The message that a path goes on in. Maps and values hold what the caller has named. */
function messageIn(field: DescField): DescMessage | undefined {
  if (field.fieldKind !== "message" && field.fieldKind !== "list") return undefined;
  return field.message?.typeName === "trimtab.v1.Value" ? undefined : field.message;
}
