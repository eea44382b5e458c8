import { parseAccessRules } from "./access/parse-access-rules.ts";
import { filled, flag } from "./arguments/kind.ts";
import { checkChoice, checkName, checkObject, checkText } from "./check-argument.ts";
import { checkRoom } from "./check-state.ts";
import type { CommandOf, DecideContext } from "./command.ts";
import type { SessionEvent, VariableRegistered } from "./commit.ts";
import { accept, type Decision, refuse } from "./decision.ts";
import { checkEdge, dependencyAdded } from "./dependency/decide-dependency.ts";
import { checkDerivation } from "./derivation/check-derivation.ts";
import { compute } from "./derivation/compute.ts";
import { encodeValue, unknownType } from "./encode-value.ts";
import { constraintsWithin, unknownVariable } from "./find-variable.ts";
import type { Limits } from "./limits.ts";
import { parseMetadata } from "./parse-metadata.ts";
import type { Parsed } from "./parse-value.ts";
import type { Payload, ValueRecord } from "./payload.ts";
import { findVariable, type SessionState } from "./session-state.ts";
import type { VariableSpec } from "./store/variable-store.ts";
import { type Refusal, refusal } from "./store-error.ts";
import type { Variable } from "./variable.ts";
import { variableId } from "./variable-id.ts";

/** Decides on a new variable: its type parses the constraints and the value, and what it depends on must be there. */
export function decideRegister(
  state: SessionState,
  command: CommandOf<"register-variable">,
  context: DecideContext,
): Decision {
  const { spec } = command;
  const { limits } = context;
  const wrong =
    checkObject(spec, "spec") ??
    checkName(spec.name, "name", limits.nameLength) ??
    checkSpec(spec, limits) ??
    checkChoice(command.ifExists, "ifExists", ["refuse", "keep"]);
  if (wrong !== undefined) return { kind: "refused", refusal: wrong };
  const existing = findVariable(state, spec.name);
  if (existing !== undefined) return decideExisting(existing, command);
  const type = context.types.get(spec.type);
  if (type === undefined) return { kind: "refused", refusal: unknownType(spec.type) };
  const full = checkVariableRoom(state, context);
  if (full !== undefined) return { kind: "refused", refusal: full };
  const constraints = constraintsWithin(type, spec.constraints, limits.constraintsBytes);
  if (constraints.kind === "refused") return constraints;
  const metadata = parseMetadata(spec.metadata, "metadata", limits);
  if (metadata.kind === "refused") return metadata;
  const dependencies = dependenciesOf(state, spec, context);
  if (dependencies.kind === "refused") return dependencies;
  const given = { spec, constraints: constraints.value, metadata: metadata.value, dependencies: dependencies.value };
  const first = firstValue(state, given, context);
  if (first.kind === "refused") return first;
  const rules = parseAccessRules(spec.accessRules ?? [], "accessRules", context);
  if (rules.kind === "refused") return rules;
  const number = freeNumber(state, spec.name);
  const registered: VariableRegistered = {
    kind: "variable-registered",
    id: variableId(spec.name, number),
    number,
    name: spec.name,
    type: spec.type,
    ...first.value,
    constraints: constraints.value,
    metadata: metadata.value,
    description: spec.description ?? "",
    readOnly: spec.readOnly ?? false,
    ...(spec.derivation !== undefined && { derivation: spec.derivation }),
    ...(spec.sensitive === true && { sensitive: true }),
    ...(rules.value.length > 0 && { accessRules: rules.value }),
  };
  return accept(registered, ...edgesOf(registered.id, dependencies.value));
}

/** What a type would silently turn into something else is refused by name. */
export function checkSpec(
  spec: Pick<VariableSpec, "type" | "description" | "readOnly" | "sensitive" | "derivation">,
  { expressionLength }: Limits,
): Refusal | undefined {
  const wrong = filled(spec.type, "type") ?? checkText(spec.description, "description", expressionLength);
  if (wrong !== undefined) return wrong;
  for (const field of ["readOnly", "sensitive"] as const) {
    const unlike = spec[field] === undefined ? undefined : flag(spec[field], field);
    if (unlike !== undefined) return unlike;
  }
  if (spec.readOnly === true && spec.derivation !== undefined) {
    const message = "readOnly: a derived variable changes with what it depends on";
    return refusal("invalid_argument", message, { field: "readOnly" });
  }
  return undefined;
}

function decideExisting(existing: Variable, command: CommandOf<"register-variable">): Decision {
  const { name, type } = command.spec;
  if (command.ifExists === "keep" && existing.name === name && existing.type === type) return accept();
  const asWhat = existing.name === name ? `a ${existing.type}` : `the id of ${existing.name}`;
  return refuse("already_exists", `${name} already exists: it is ${asWhat}`, { resource: "variable", id: name });
}

/** Refuses one variable more than a session may hold. */
export const checkVariableRoom = (
  { id, variableCount }: SessionState,
  { limits }: DecideContext,
): Refusal | undefined =>
  checkRoom(id, { of: "variables", one: "variable", count: variableCount, limit: limits.variablesPerSession });

/** The next number whose id is no variable's name, since an id must not be mistaken for one. */
export function freeNumber(state: SessionState, name: string): number {
  let number = state.nextNumber;
  while (state.names.has(variableId(name, number))) number++;
  return number;
}

/** What a new variable depends on: what its spec says, and what its expression names. Nothing depends on it yet. */
function dependenciesOf(state: SessionState, spec: VariableSpec, context: DecideContext): Parsed<readonly Variable[]> {
  const found = new Map<string, Variable>();
  for (const ref of spec.dependencies ?? []) {
    const variable = findVariable(state, ref);
    if (variable === undefined) return { kind: "refused", refusal: unknownVariable(ref) };
    found.set(variable.id, variable);
  }
  if (spec.derivation !== undefined) {
    const named = checkDerivation(state, spec.derivation, context);
    if (named.kind === "refused") return named;
    for (const variable of named.value) found.set(variable.id, variable);
  }
  const dependencies = [...found.values()];
  for (const [index, variable] of dependencies.entries()) {
    const wrong = checkEdge({ count: index, height: state.dependencies.heightOf(variable.id) + 1 }, spec.name, context);
    if (wrong !== undefined) return { kind: "refused", refusal: wrong };
  }
  return { kind: "parsed", value: dependencies };
}

const edgesOf = (id: string, dependencies: readonly Variable[]): SessionEvent[] =>
  dependencies.map((on) => dependencyAdded(id, on.id));

/** The value that a variable starts with; for a derived one the value of its spec stands in where none can be computed. */
function firstValue(
  state: SessionState,
  {
    spec,
    constraints,
    metadata,
    dependencies,
  }: { spec: VariableSpec; constraints: ValueRecord; metadata: ValueRecord; dependencies: readonly Variable[] },
  context: DecideContext,
): Parsed<{ payload: Payload; stale?: string }> {
  const { name, type } = spec;
  const target = { name, type, constraints, metadata, ...(spec.sensitive === true && { sensitive: true }) };
  const { derivation } = spec;
  if (derivation === undefined && spec.value === undefined)
    return { kind: "refused", refusal: withoutFirstValue(name) };
  if (derivation === undefined) return startingWith(encodeValue(target, spec.value, context));
  const given = spec.value === undefined ? undefined : encodeValue(target, spec.value, context);
  if (given?.kind === "refused") return given;
  const ids = dependencies.map((variable) => variable.id);
  const computed = compute(state, { ...target, derivation }, { context, dependenciesOf: () => ids });
  if (computed.kind === "parsed" || given === undefined) return startingWith(computed);
  return startingWith(given, computed.refusal.message);
}

/** The refusal of a variable whose value is neither given nor follows from others. */
const withoutFirstValue = (name: string): Refusal =>
  refusal("invalid_argument", `value is required: ${name} is not derived`, { field: "value" });

const startingWith = (value: Parsed<Payload>, stale?: string): Parsed<{ payload: Payload; stale?: string }> =>
  value.kind === "refused"
    ? value
    : { kind: "parsed", value: { payload: value.value, ...(stale !== undefined && { stale }) } };
