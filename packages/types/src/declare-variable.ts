import {
  type AccessRuleSpec,
  type AnyVariableType,
  accessRulesKind,
  type DeclarationOptions,
  type Derivation,
  parseConstraints,
  parseRecord,
  parseValue,
  StoreError,
  saysSensitive,
  storeError,
  type VariableDeclaration,
  withoutValue,
} from "@trimtab/core";

const maxMetadataBytes = 64 * 1024;

/**
 * Declares a variable of any type: constraints and {@link DeclarationOptions} side by side in one object. What is
 * `undefined` counts as absent. The constraints come out canonical and the default as the value that is stored.
 *
 * @typeParam V - what values of this variable are; it is the caller's word that the constraints leave nothing else
 * @throws StoreError `invalid_constraints`, `validation_failed` or `constraint_violation` (for the default), and
 *   `invalid_argument` for what surrounds it, such as a description or metadata, and is none
 */
export function declareVariable<V>(
  type: AnyVariableType,
  options: Omit<DeclarationOptions<V>, "default"> & { default?: unknown },
): VariableDeclaration<V> {
  const { default: initial, description, metadata, readOnly, sensitive, accessRules, ...others } = options;
  const { derivation, dependencies, ...rest } = others;
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  const constraints = parseConstraints(type, given);
  if (constraints.kind === "refused") throw new StoreError(constraints.refusal);
  const around = surroundings({ description, metadata, readOnly, sensitive });
  return Object.freeze({
    type: type as VariableDeclaration<V>["type"],
    constraints: Object.freeze(constraints.value),
    ...(initial !== undefined && { default: parseDefault<V>(type, constraints.value, initial, around) }),
    ...around,
    ...(accessRules !== undefined && { accessRules: toAccessRules(accessRules) }),
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

function toAccessRules(rules: unknown): readonly AccessRuleSpec[] {
  const wrong = accessRulesKind(rules, "accessRules");
  if (wrong !== undefined) throw new StoreError(wrong);
  return Object.freeze((rules as readonly AccessRuleSpec[]).map((rule) => Object.freeze({ ...rule })));
}

function parseDefault<V>(
  type: AnyVariableType,
  constraints: VariableDeclaration["constraints"],
  initial: unknown,
  around: Pick<VariableDeclaration, "sensitive" | "metadata">,
): V {
  const parsed = parseValue(type, constraints, initial, "default");
  if (parsed.kind === "parsed") return parsed.value as V;
  throw new StoreError(saysSensitive(around) ? withoutValue(parsed.refusal, "default") : parsed.refusal);
}

/** What surrounds a value, with whatever is absent left out. */
function surroundings(given: Record<"description" | "metadata" | "readOnly" | "sensitive", unknown>) {
  const { description, metadata, readOnly, sensitive } = given;
  if (description !== undefined && typeof description !== "string") {
    throw storeError("invalid_argument", "description must be text", { field: "description" });
  }
  requireFlag(readOnly, "readOnly");
  requireFlag(sensitive, "sensitive");
  const record = parseRecord(metadata, "metadata", maxMetadataBytes);
  if (record.kind === "refused") throw new StoreError(record.refusal);
  return {
    ...(description !== undefined && { description }),
    ...(metadata !== undefined && { metadata: record.value }),
    ...(readOnly !== undefined && { readOnly }),
    ...(sensitive !== undefined && { sensitive }),
  };
}

function requireFlag(value: unknown, field: string): asserts value is boolean | undefined {
  if (value === undefined || typeof value === "boolean") return;
  throw storeError("invalid_argument", `${field} must be true or false`, { field });
}
