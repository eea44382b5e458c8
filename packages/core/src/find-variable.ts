import { text } from "./arguments/kind.ts";
import { checkWhole, parseRecord } from "./check-argument.ts";
import { type Parsed, parseConstraints } from "./parse-value.ts";
import type { ValueRecord } from "./payload.ts";
import { findVariable, type SessionState } from "./session-state.ts";
import { shareRecord } from "./share-record.ts";
import { type Refusal, refusal } from "./store-error.ts";
import type { Variable } from "./variable.ts";
import type { AnyVariableType } from "./variable-type.ts";

/** Finds the variable that a command names and holds it to the version that the command expects. */
export function expectVariable(
  state: SessionState,
  { ref, expectedVersion: expected }: { ref: string; expectedVersion?: number },
): Parsed<Variable> {
  const variable = findVariable(state, ref);
  if (variable === undefined) return { kind: "refused", refusal: unknownVariable(ref) };
  if (expected === undefined || expected === variable.version) return { kind: "parsed", value: variable };
  const wrong = checkWhole(expected, "expectedVersion", 0);
  if (wrong !== undefined) return { kind: "refused", refusal: wrong };
  const { name, version: actual } = variable;
  const message = `${name} is at version ${actual}, not ${expected}`;
  return { kind: "refused", refusal: refusal("version_mismatch", message, { variable: name, expected, actual }) };
}

/** The refusal of a ref that names no variable. */
export const unknownVariable = (ref: string): Refusal =>
  text(ref, "ref") ?? refusal("not_found", `Variable '${ref}' not found`, { resource: "variable", id: ref });

/** Refuses to change a variable that is read-only. */
export const checkReadOnly = ({ name, readOnly }: Variable): Refusal<"read_only"> | undefined =>
  readOnly ? refusal("read_only", `${name} is read-only`, { variable: name }) : undefined;

/** Refuses to write a variable's value by hand where it is read-only or derived. */
export function checkWritable(variable: Variable): Refusal<"read_only"> | undefined {
  const { name, derivation } = variable;
  const wrong = checkReadOnly(variable);
  if (wrong !== undefined || derivation === undefined) return wrong;
  const from = derivation.kind === "expression" ? derivation.expression : `the function ${derivation.name}`;
  return refusal("read_only", `${name} is derived: its value follows from ${from}`, { variable: name });
}

/** Holds constraints against their size before the type is asked, which may cost more. Equal ones are mostly one object. */
export function constraintsWithin(type: AnyVariableType, input: unknown, maxBytes: number): Parsed<ValueRecord> {
  const plain = parseRecord(input, "constraints", maxBytes);
  if (plain.kind === "refused") return plain;
  const parsed = parseConstraints(type, plain.value);
  return parsed.kind === "refused" ? parsed : { kind: "parsed", value: shareRecord(parsed.value) };
}
