import { parseRecord } from "../check-argument.ts";
import type { Command, CommandOf, DecideContext } from "../command.ts";
import type { SessionEvent } from "../commit.ts";
import { checkVariableRoom, freeNumber } from "../decide-register.ts";
import { stampedChange, variableSet } from "../decide-variable.ts";
import { accept, type Decision, refuse } from "../decision.ts";
import { checkNewEdge, dependencyAdded } from "../dependency/decide-dependency.ts";
import { derivationNeeds } from "../derivation/check-derivation.ts";
import { readStored } from "../derivation/stored-expression.ts";
import { encodeValue } from "../encode-value.ts";
import { checkReadOnly } from "../find-variable.ts";
import { parseMetadata } from "../parse-metadata.ts";
import { payloadEquals, valueEquals } from "../payload-equality.ts";
import { draftOf, findVariable, type SessionState } from "../session-state.ts";
import { type Derivation, laterThan, type Variable } from "../variable.ts";
import { numberOfId, variableId } from "../variable-id.ts";
import { writable } from "../writable.ts";
import { type CheckedImport, checkImport } from "./check-import.ts";

/** Decides on one imported variable: new, merged into that of its name, or left alone, as the strategy says. */
export function decideImport(
  state: SessionState,
  command: CommandOf<"import-variable">,
  context: DecideContext,
): Decision {
  const present = state.variables.get(state.names.get(command.variable.name) ?? "");
  const checked = checkImport(command, present, context);
  if (checked.kind === "refused") return checked;
  const { variable, versions } = checked.value;
  if (present === undefined) return decideNew(state, { variable, versions }, context);
  if (present.type !== variable.type) {
    const message = `${present.name} is of type ${present.type} here and of type ${variable.type} in the import`;
    return refuse("invalid_type", message, { type: variable.type });
  }
  if (command.strategy === "keep") return accept();
  return command.strategy === "replace"
    ? decideReplace(state, { present, variable }, context)
    : decideMerge(state, { present, variable }, context);
}

function decideNew(state: SessionState, { variable, versions }: CheckedImport, context: DecideContext): Decision {
  if (findVariable(state, variable.name) !== undefined) {
    const details = { resource: "variable", id: variable.name } as const;
    return refuse("already_exists", `${variable.name} already exists: it is another variable's id`, details);
  }
  const full = checkVariableRoom(state, context);
  if (full !== undefined) return { kind: "refused", refusal: full };
  const isFree = !state.variables.has(variable.id) && !state.names.has(variable.id) && isNewId(variable, state);
  const ownNumber = freeNumber(state, variable.name);
  const id = isFree ? variable.id : variableId(variable.name, ownNumber);
  // What was shared where it comes from is not shared here.
  const { stale: _, permissions: __, ...fresh } = variable;
  const atMs = laterThan(state.atMs, context.atMs);
  const [createdAtMs, updatedAtMs] = [Math.min(fresh.createdAtMs, atMs), Math.min(fresh.updatedAtMs, atMs)];
  const imported = { ...fresh, id, revision: state.revision + 1, createdAtMs, updatedAtMs };
  const number = Math.max(state.nextNumber, (numberOfId(id) ?? 0) + 1);
  return accept({
    kind: "variable-imported",
    variable: Object.freeze(imported),
    nextNumber: isFree ? number : ownNumber + 1,
    ...(versions.length > 0 && { versions }),
  });
}

/**
 * Says whether an id is of the form that this session gives out, so that it collides with no name, and was surely none of a
 * variable that has been deleted, whose past would be mixed with this one's.
 */
const isNewId = ({ id, name }: Variable, { deletedNumber }: SessionState): boolean => {
  const number = numberOfId(id);
  return number !== undefined && number > deletedNumber && id === variableId(name, number);
};

type Pair = { readonly present: Variable; readonly variable: Variable };

function decideReplace(state: SessionState, { present, variable }: Pair, context: DecideContext): Decision {
  const wrong = checkReadOnly(present);
  if (wrong !== undefined) return { kind: "refused", refusal: wrong };
  const { constraints, description, metadata, payload, derivation } = variable;
  const { derivation: _, ...plain } = present;
  const changed = {
    ...plain,
    constraints,
    description,
    metadata,
    ...(derivation !== undefined && { derivation }),
    ...sensitivityOf(variable),
  };
  const events = changeTo(state, present, changed, context);
  // What is derived follows from what it depends on, whatever the data says.
  if (derivation === undefined && !payloadEquals(present.payload, payload)) events.push(variableSet(present, payload));
  return accept(...events);
}

function decideMerge(state: SessionState, { present, variable }: Pair, context: DecideContext): Decision {
  const wrong = checkReadOnly(present);
  if (wrong !== undefined) return { kind: "refused", refusal: wrong };
  const merged = { ...present.metadata, ...variable.metadata };
  const metadata = parseMetadata(merged, "metadata", context.limits);
  if (metadata.kind === "refused") return metadata;
  const changed = { ...present, metadata: metadata.value, ...sensitivityOf(variable) };
  const events = changeTo(state, present, changed, context);
  if (present.derivation !== undefined) return accept(...events);
  const payload = encodeValue(present, variable.value, context);
  if (payload.kind === "refused") return payload;
  if (!payloadEquals(present.payload, payload.value)) events.push(variableSet(present, payload.value));
  return accept(...events);
}

/** What takes a sensitive value is sensitive from then on. */
const sensitivityOf = ({ sensitive }: Variable) => (sensitive === true ? { sensitive } : {});

/** The event of a change to what surrounds a value, where there is one. */
function changeTo(state: SessionState, before: Variable, after: Variable, context: DecideContext): SessionEvent[] {
  if (sameSurroundings(before, after)) return [];
  return [{ kind: "variable-changed", variable: stampedChange(after, state, context) }];
}

const sameSurroundings = (a: Variable, b: Variable): boolean =>
  a.description === b.description &&
  a.sensitive === b.sensitive &&
  valueEquals(a.metadata, b.metadata) &&
  valueEquals(a.constraints, b.constraints) &&
  textOf(a.derivation) === textOf(b.derivation);

const textOf = (derivation: Derivation | undefined): string =>
  derivation?.kind === "expression" ? `=${derivation.expression}` : (derivation?.name ?? "");

/** The dependencies of those variables of an import that were taken: what was refused, or is to be kept, stays as it is. */
export function ofThoseTaken(
  { dependencies, names, ...rest }: CommandOf<"import-dependencies">,
  commands: readonly Command[],
  outcomes: readonly Decision[],
): CommandOf<"import-dependencies"> {
  const taken = new Set<string>();
  for (const [index, outcome] of outcomes.entries()) {
    const command = commands[index];
    if (command?.kind !== "import-variable" || outcome.kind === "refused") continue;
    if (command.strategy !== "keep" || outcome.events.length > 0) taken.add(command.variable.name);
  }
  return {
    ...rest,
    dependencies: dependencies.filter(({ variable }) => taken.has(variable)),
    names: names.filter((name) => taken.has(name)),
  };
}

/** Adds the dependencies of an import, and those that imported expressions need, where both ends are there. */
export function decideImportDependencies(
  state: SessionState,
  command: CommandOf<"import-dependencies">,
  context: DecideContext,
): Decision {
  const draft = draftOf(state);
  const events: SessionEvent[] = [];
  for (const spec of [...command.dependencies, ...expressionNeeds(state, command.names, context)]) {
    const variable = findVariable(draft, spec.variable);
    const dependsOn = findVariable(draft, spec.dependsOn);
    if (variable === undefined || dependsOn === undefined) continue;
    const known = draft.dependencies.get(variable.id, dependsOn.id);
    const isNeeded = derivationNeeds(variable, dependsOn.name, context);
    if (known !== undefined && (known.kind === "data" || !isNeeded)) continue;
    const wrong = known === undefined ? checkNewEdge(draft, variable.id, dependsOn.id, context) : undefined;
    if (wrong !== undefined && command.allowPartial === true) continue;
    if (wrong !== undefined) return { kind: "refused", refusal: wrong };
    const metadata = parseRecord(spec.metadata, "metadata", context.limits.metadataBytes);
    if (metadata.kind === "refused") return metadata;
    const kind = isNeeded ? "data" : (spec.kind ?? "data");
    const stamp = { createdAtMs: context.atMs, revision: state.revision + 1 };
    writable(draft, "dependencies").put({
      variable: variable.id,
      dependsOn: dependsOn.id,
      kind,
      metadata: metadata.value,
      ...stamp,
    });
    events.push({ ...dependencyAdded(variable.id, dependsOn.id, kind, metadata.value), name: variable.name });
  }
  return accept(...events);
}

/** What the expressions of imported variables speak of and is there; what is not leaves them stale. */
function* expressionNeeds(state: SessionState, names: readonly string[], context: DecideContext) {
  for (const name of names) {
    const derivation = state.variables.get(state.names.get(name) ?? "")?.derivation;
    const read = derivation?.kind === "expression" ? readStored(derivation, context, false) : undefined;
    if (read?.kind !== "parsed") continue;
    for (const dependsOn of read.value.references) {
      if (state.names.has(dependsOn)) yield { variable: name, dependsOn, kind: undefined, metadata: undefined };
    }
  }
}
