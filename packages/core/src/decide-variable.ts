import { checkText, parseRecord } from "./check-argument.ts";
import type { CommandOf, DecideContext } from "./command.ts";
import { maxPreviousBytes, type VariableSet } from "./commit.ts";
import { accept, acceptOne, type Decision } from "./decision.ts";
import { encodeValue, unknownType, withoutValue } from "./encode-value.ts";
import { checkReadOnly, checkWritable, constraintsWithin, expectVariable } from "./find-variable.ts";
import { parseMetadata } from "./parse-metadata.ts";
import { type Parsed, parseValue } from "./parse-value.ts";
import { type Payload, payloadSize, type ValueRecord } from "./payload.ts";
import { payloadEquals } from "./payload-equality.ts";
import { isSensitive } from "./sensitivity.ts";
import type { SessionState } from "./session-state.ts";
import { type Refusal, refusal } from "./store-error.ts";
import { emptyRecord, laterThan, type Variable } from "./variable.ts";

/** Decides on a value that somebody writes: the variable's type parses it, and it must satisfy the variable's constraints. */
export function decideSet(state: SessionState, command: CommandOf<"set-variable">, context: DecideContext): Decision {
  const found = expectVariable(state, command);
  if (found.kind === "refused") return found;
  const variable = found.value;
  const wrong = checkWritable(variable);
  if (wrong !== undefined) return { kind: "refused", refusal: wrong };
  const value = encodeValue(variable, command.value, context);
  if (value.kind === "refused") return value;
  const full = checkSaid(variable, context);
  if (full !== undefined) return { kind: "refused", refusal: full };
  return acceptOne(variableSet(variable, value.value));
}

/** What a write says stays beside what others said before, which may be what takes the room. */
function checkSaid(
  { name, metadata: before }: Variable,
  { metadata: said, limits }: DecideContext,
): Refusal | undefined {
  if (said === undefined || said === emptyRecord) return undefined;
  const merged = parseMetadata({ ...before, ...said }, "metadata", limits);
  if (merged.kind === "parsed") return undefined;
  const alone = parseRecord(said, "metadata", limits.metadataBytes);
  if (alone.kind === "refused") return alone.refusal;
  const { message } = merged.refusal;
  return { ...merged.refusal, message: `${message}: what writes of ${name} have said, which updateVariable replaces` };
}

/** The event that gives a variable a value. */
export function variableSet({ id, name, version: before, payload: previous }: Variable, payload: Payload): VariableSet {
  const [kind, version] = ["variable-set", before + 1] as const;
  // Each in one literal: this runs with every write.
  if (payloadEquals(previous, payload)) {
    return isRepeated(previous)
      ? { kind, id, name, version, payload, previous, unchanged: true }
      : { kind, id, name, version, payload, unchanged: true };
  }
  return isRepeated(previous) ? { kind, id, name, version, payload, previous } : { kind, id, name, version, payload };
}

/** The value before, where it is small enough to be repeated. */
export const previousOf = (payload: Payload): { previous?: Payload } =>
  isRepeated(payload) ? { previous: payload } : {};

/** Says whether an event repeats a value as the one before. */
export const isRepeated = (payload: Payload): boolean => payloadSize(payload) <= maxPreviousBytes;

/** Decides on a condition alone: that a variable has the version which is expected. */
export function decideExpect(state: SessionState, command: CommandOf<"expect-version">): Decision {
  const found = expectVariable(state, command);
  return found.kind === "refused" ? found : accept();
}

/** Decides on a change to what surrounds a value: description, metadata and constraints. */
export function decideChange(
  state: SessionState,
  command: CommandOf<"change-variable">,
  context: DecideContext,
): Decision {
  const found = expectVariable(state, command);
  if (found.kind === "refused") return found;
  const variable = found.value;
  const { expressionLength } = context.limits;
  const wrong = checkReadOnly(variable) ?? checkText(command.description, "description", expressionLength);
  if (wrong !== undefined) return { kind: "refused", refusal: wrong };
  const metadata = parseMetadata(command.metadata ?? variable.metadata, "metadata", context.limits);
  if (metadata.kind === "refused") return metadata;
  const constraints = changedConstraints(state, { variable, input: command.constraints }, context);
  if (constraints.kind === "refused") return constraints;
  const changed = {
    ...variable,
    description: command.description ?? variable.description,
    metadata: metadata.value,
    ...constraints.value,
  };
  return accept({ kind: "variable-changed", variable: stampedChange(changed, state, context) });
}

/** A variable of which everything but the value may be new, as of the commit that follows. */
export const stampedChange = (variable: Variable, state: SessionState, context: DecideContext): Variable =>
  Object.freeze({ ...variable, updatedAtMs: laterThan(state.atMs, context.atMs), revision: state.revision + 1 });

/** New constraints must admit the present value as it stands: what is stored satisfies its own constraints at all times. */
function changedConstraints(
  state: SessionState,
  { variable, input }: { readonly variable: Variable; readonly input: ValueRecord | undefined },
  { types, limits }: DecideContext,
): Parsed<Pick<Variable, "constraints" | "payload">> {
  const { name, payload } = variable;
  if (input === undefined) return { kind: "parsed", value: { constraints: variable.constraints, payload } };
  const type = types.get(variable.type);
  if (type === undefined) return { kind: "refused", refusal: unknownType(variable.type) };
  const constraints = constraintsWithin(type, input, limits.constraintsBytes);
  if (constraints.kind === "refused") return constraints;
  const present = type.decode(payload);
  const value = parseValue(type, constraints.value, present, name);
  if (value.kind === "refused") {
    return isSensitive(state, variable) ? { ...value, refusal: withoutValue(value.refusal, name) } : value;
  }
  if (!type.equals(value.value, present)) {
    const message = `constraints would change the present value of ${name}; set the value first`;
    const details = { type: type.name, field: "constraints" };
    return { kind: "refused", refusal: refusal("invalid_constraints", message, details) };
  }
  return { kind: "parsed", value: { constraints: constraints.value, payload: type.encode(value.value) } };
}
