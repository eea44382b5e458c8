import {
  type AnyVariableType,
  type DeclarationOptions,
  type Derivation,
  parseConstraints,
  parseRecord,
  parseValue,
  StoreError,
  storeError,
  type VariableDeclaration,
} from "@trimtab/core";

const maxMetadataBytes = 64 * 1024;

/**
 * Declares a variable of any type: constraints and {@link DeclarationOptions} side by side in one object. What is
 * `undefined` counts as absent. The constraints come out canonical and the default as the value that is stored.
 *
 * @typeParam V - what values of this variable are; it is the caller's word that the constraints leave nothing else
 * @throws StoreError `invalid_constraints`, `validation_failed` or `constraint_violation` (for the default), and
 *   `invalid_argument` for a description, metadata or readOnly that is none
 */
export function declareVariable<V>(
  type: AnyVariableType,
  options: Omit<DeclarationOptions<V>, "default"> & { default?: unknown },
): VariableDeclaration<V> {
  const { default: initial, description, metadata, readOnly, derivation, dependencies, ...rest } = options;
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  const constraints = parseConstraints(type, given);
  if (constraints.kind === "refused") throw new StoreError(constraints.refusal);
  return Object.freeze({
    type: type as VariableDeclaration<V>["type"],
    constraints: Object.freeze(constraints.value),
    ...(initial !== undefined && { default: parseDefault<V>(type, constraints.value, initial) }),
    ...surroundings({ description, metadata, readOnly }),
    ...(derivation !== undefined && { derivation: toDerivation(derivation) }),
    ...(dependencies !== undefined && { dependencies: toDependencies(dependencies) }),
  });
}

function toDerivation(derivation: unknown): Derivation {
  if (typeof derivation === "string") return { kind: "expression", expression: derivation };
  const { kind, expression, name } = (derivation ?? {}) as { kind?: unknown; expression?: unknown; name?: unknown };
  if (kind === "expression" && typeof expression === "string") return { kind, expression };
  if (kind === "function" && typeof name === "string") return { kind, name };
  const message = "derivation must be an expression, or say by kind which expression or function it is";
  throw storeError("invalid_argument", message, { field: "derivation" });
}

function toDependencies(dependencies: unknown): readonly string[] {
  const isList = Array.isArray(dependencies) && dependencies.every((each) => typeof each === "string");
  if (isList) return Object.freeze([...dependencies]);
  throw storeError("invalid_argument", "dependencies must be a list of names", { field: "dependencies" });
}

function parseDefault<V>(type: AnyVariableType, constraints: VariableDeclaration["constraints"], initial: unknown): V {
  const parsed = parseValue(type, constraints, initial, "default");
  if (parsed.kind === "refused") throw new StoreError(parsed.refusal);
  return parsed.value as V;
}

/** What surrounds a value, with whatever is absent left out. */
function surroundings(given: { description: unknown; metadata: unknown; readOnly: unknown }) {
  const { description, metadata, readOnly } = given;
  if (description !== undefined && typeof description !== "string") {
    throw storeError("invalid_argument", "description must be text", { field: "description" });
  }
  if (readOnly !== undefined && typeof readOnly !== "boolean") {
    throw storeError("invalid_argument", "readOnly must be true or false", { field: "readOnly" });
  }
  const record = parseRecord(metadata, "metadata", maxMetadataBytes);
  if (record.kind === "refused") throw new StoreError(record.refusal);
  return {
    ...(description !== undefined && { description }),
    ...(metadata !== undefined && { metadata: record.value }),
    ...(readOnly !== undefined && { readOnly }),
  };
}
