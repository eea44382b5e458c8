import { checkName, checkWhole, parseRecord, tooLarge } from "./check-argument.ts";
import type { CommandOf, DecideContext } from "./command.ts";
import { maxPreviousBytes } from "./commit.ts";
import { accept, type Decision, refuse } from "./decision.ts";
import { parseConstraints, parseValue } from "./parse-value.ts";
import { type Payload, payloadSize, type ValueRecord } from "./payload.ts";
import { findVariable, type SessionState } from "./session-state.ts";
import { type Refusal, refusal } from "./store-error.ts";
import { emptyRecord, type Variable } from "./variable.ts";
import type { AnyVariableType } from "./variable-type.ts";

export function decideRegister(
  state: SessionState,
  command: CommandOf<"register-variable">,
  context: DecideContext,
): Decision {
  const { spec } = command;
  const { limits } = context;
  const wrong = checkName(spec.name, "name", limits.nameLength) ?? checkSpec(spec);
  if (wrong !== undefined) return { kind: "refused", refusal: wrong };
  const existing = findVariable(state, spec.name);
  if (existing !== undefined) return decideExisting(existing, command);
  const type = context.types.get(spec.type);
  if (type === undefined) return unknownType(spec.type);
  if (state.variableCount >= limits.variablesPerSession) {
    const details = { field: "variables", limit: limits.variablesPerSession, value: state.variableCount + 1 };
    return refuse(
      "limit_exceeded",
      `session ${state.id} may hold ${details.limit} variables, this would be one more`,
      details,
    );
  }
  const constraints = constraintsWithin(type, spec.constraints, limits.constraintsBytes);
  if (constraints.kind === "refused") return constraints;
  const metadata = parseRecord(spec.metadata, "metadata", limits.metadataBytes);
  if (metadata.kind === "refused") return metadata;
  const value = encodeValue(type, constraints.value, spec.value, { field: spec.name, maxBytes: limits.valueBytes });
  if (value.kind === "refused") return value;
  const number = freeNumber(state, spec.name);
  return accept({
    kind: "variable-registered",
    id: variableId(spec.name, number),
    number,
    name: spec.name,
    type: spec.type,
    payload: value.payload,
    constraints: constraints.value,
    metadata: metadata.value,
    description: spec.description ?? "",
    readOnly: spec.readOnly ?? false,
  });
}

/** What a type would silently turn into something else is refused by name. */
function checkSpec(spec: CommandOf<"register-variable">["spec"]): Refusal | undefined {
  if (typeof spec.type !== "string") return refusal("invalid_argument", "type must be text", { field: "type" });
  if (spec.description !== undefined && typeof spec.description !== "string") {
    return refusal("invalid_argument", "description must be text", { field: "description" });
  }
  if (spec.readOnly !== undefined && typeof spec.readOnly !== "boolean") {
    return refusal("invalid_argument", "readOnly must be true or false", { field: "readOnly" });
  }
  return undefined;
}

function decideExisting(existing: Variable, command: CommandOf<"register-variable">): Decision {
  const { name, type } = command.spec;
  if (command.ifExists === "keep" && existing.name === name && existing.type === type) return accept();
  const asWhat = existing.name === name ? `a ${existing.type}` : `the id of ${existing.name}`;
  return refuse("already_exists", `${name} already exists: it is ${asWhat}`, { resource: "variable", id: name });
}

/** The id a variable gets: its name and a number that grows with each registration in the session. */
export const variableId = (name: string, number: number): string => `var_${name}_${number}`;

/** The next number whose id is no variable's name, since an id must not be mistaken for one. */
function freeNumber(state: SessionState, name: string): number {
  let number = state.nextNumber;
  while (state.names.has(variableId(name, number))) number++;
  return number;
}

export function decideSet(state: SessionState, command: CommandOf<"set-variable">, context: DecideContext): Decision {
  const found = writable(state, command);
  if (found.kind === "refused") return found;
  const { variable } = found;
  if (variable.readOnly) return refuse("read_only", `${variable.name} is read-only`, { variable: variable.name });
  const type = context.types.get(variable.type);
  if (type === undefined) return unknownType(variable.type);
  const { limits } = context;
  const value = encodeValue(type, variable.constraints, command.value, {
    field: variable.name,
    maxBytes: limits.valueBytes,
  });
  if (value.kind === "refused") return value;
  if (context.metadata !== undefined && context.metadata !== emptyRecord) {
    const merged = parseRecord({ ...variable.metadata, ...context.metadata }, "metadata", limits.metadataBytes);
    if (merged.kind === "refused") return merged;
  }
  const { id, name } = variable;
  const event = { kind: "variable-set", id, name, version: variable.version + 1, payload: value.payload } as const;
  return accept(isSmall(variable.payload) ? { ...event, previous: variable.payload } : event);
}

const isSmall = (payload: Payload): boolean => payloadSize(payload) <= maxPreviousBytes;

export function decideExpect(state: SessionState, command: CommandOf<"expect-version">): Decision {
  const found = writable(state, command);
  return found.kind === "refused" ? found : accept();
}

export function decideChange(
  state: SessionState,
  command: CommandOf<"change-variable">,
  context: DecideContext,
): Decision {
  const found = writable(state, command);
  if (found.kind === "refused") return found;
  const { variable } = found;
  if (variable.readOnly) return refuse("read_only", `${variable.name} is read-only`, { variable: variable.name });
  if (command.description !== undefined && typeof command.description !== "string") {
    return refuse("invalid_argument", "description must be text", { field: "description" });
  }
  const metadata = parseRecord(command.metadata ?? variable.metadata, "metadata", context.limits.metadataBytes);
  if (metadata.kind === "refused") return metadata;
  const constraints = changedConstraints(variable, command, context);
  if (constraints.kind === "refused") return constraints;
  const changed: Variable = Object.freeze({
    ...variable,
    description: command.description ?? variable.description,
    metadata: metadata.value,
    constraints: constraints.value,
    payload: constraints.payload,
    updatedAtMs: context.atMs,
    revision: state.revision + 1,
  });
  return accept({ kind: "variable-changed", variable: changed });
}

/** New constraints must admit the present value as it stands: what is stored satisfies its own constraints at all times. */
function changedConstraints(variable: Variable, command: CommandOf<"change-variable">, context: DecideContext) {
  if (command.constraints === undefined) {
    return { kind: "parsed", value: variable.constraints, payload: variable.payload } as const;
  }
  const type = context.types.get(variable.type);
  if (type === undefined) return { kind: "refused", refusal: unknownTypeRefusal(variable.type) } as const;
  const constraints = constraintsWithin(type, command.constraints, context.limits.constraintsBytes);
  if (constraints.kind === "refused") return constraints;
  const present = type.decode(variable.payload);
  const value = parseValue(type, constraints.value, present, variable.name);
  if (value.kind === "refused") return value;
  if (!type.equals(value.value, present)) {
    const message = `constraints would change the present value of ${variable.name}; set the value first`;
    return {
      kind: "refused",
      refusal: refusal("invalid_constraints", message, { type: type.name, field: "constraints" }),
    } as const;
  }
  return { ...constraints, payload: type.encode(value.value) } as const;
}

export function decideDelete(state: SessionState, command: CommandOf<"delete-variable">): Decision {
  if (command.allowMissing && findVariable(state, command.ref) === undefined) return accept();
  const found = writable(state, command);
  if (found.kind === "refused") return found;
  const { id, name, version, payload } = found.variable;
  const event = { kind: "variable-deleted", id, name, version } as const;
  return accept(isSmall(payload) ? { ...event, previous: payload } : event);
}

/** Finds the variable that a command names and holds it to the version that the command expects. */
function writable(state: SessionState, command: { ref: string; expectedVersion?: number }) {
  const { ref, expectedVersion: expected } = command;
  const variable = findVariable(state, ref);
  if (variable === undefined) return refusedWith(unknownVariable(ref));
  if (expected === undefined || expected === variable.version) return { kind: "found", variable } as const;
  const wrong = checkWhole(expected, "expectedVersion", 0);
  if (wrong !== undefined) return refusedWith(wrong);
  const { name, version: actual } = variable;
  const message = `version_mismatch: ${name} is at version ${actual}, not ${expected}`;
  return refusedWith(refusal("version_mismatch", message, { variable: name, expected, actual }));
}

const refusedWith = (cause: Refusal) => ({ kind: "refused", refusal: cause }) as const;

/** The refusal of a ref that names no variable. */
export const unknownVariable = (ref: string): Refusal<"not_found"> =>
  refusal("not_found", `Variable '${ref}' not found`, { resource: "variable", id: ref });

const unknownTypeRefusal = (type: string) => refusal("invalid_type", `Unknown type: ${type}`, { type });
const unknownType = (type: string): Decision => ({ kind: "refused", refusal: unknownTypeRefusal(type) });

function constraintsWithin(type: AnyVariableType, input: ValueRecord | undefined, maxBytes: number) {
  const plain = parseRecord(input, "constraints", maxBytes);
  return plain.kind === "refused" ? plain : parseConstraints(type, plain.value);
}

function encodeValue(
  type: AnyVariableType,
  constraints: ValueRecord,
  input: unknown,
  { field, maxBytes }: { field: string; maxBytes: number },
) {
  const parsed = parseValue(type, constraints, input, field);
  if (parsed.kind === "refused") return parsed;
  const payload = type.encode(parsed.value);
  const size = payloadSize(payload);
  return size > maxBytes ? refusedWith(tooLarge(field, size, maxBytes)) : ({ kind: "encoded", payload } as const);
}
