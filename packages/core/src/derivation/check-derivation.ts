import type { DecideContext } from "../command.ts";
import { unknownVariable } from "../find-variable.ts";
import type { Parsed } from "../parse-value.ts";
import type { SessionState } from "../session-state.ts";
import { type Refusal, refusal } from "../store-error.ts";
import type { Derivation, Variable } from "../variable.ts";
import type { Expression, ExpressionReading } from "./expression.ts";
import { noExpressions, readStored } from "./stored-expression.ts";

/** Reads a derivation and gives the variables that it names, none for a function, or refuses it. */
export function checkDerivation(
  state: SessionState,
  derivation: Derivation,
  context: DecideContext,
): Parsed<readonly Variable[]> {
  if (derivation.kind === "expression") {
    const reading = { field: "derivation", isCondition: false };
    const expression = readExpression(derivation.expression, reading, context);
    return expression.kind === "refused" ? expression : variablesNamed(state, expression.value);
  }
  if (derivation.kind === "function" && typeof derivation.name === "string") {
    if (context.functions?.has(derivation.name)) return { kind: "parsed", value: [] };
    const message = `derivation: no function named ${derivation.name} is known here`;
    return {
      kind: "refused",
      refusal: refusal("invalid_argument", message, { field: "derivation", value: derivation.name }),
    };
  }
  return { kind: "refused", refusal: unknownDerivation() };
}

/** Refuses what is neither an expression nor a function. */
export function unknownDerivation(): Refusal {
  const message = 'derivation must be {kind: "expression", expression} or {kind: "function", name}';
  return refusal("invalid_argument", message, { field: "derivation" });
}

/** Reads an expression within the limits. What it speaks of is looked up afterwards, by {@link variablesNamed}. */
export function readExpression(
  source: unknown,
  { field, isCondition, knows = () => true }: Omit<ExpressionReading, "knows"> & Partial<ExpressionReading>,
  { compile, limits }: Pick<DecideContext, "compile" | "limits">,
): Parsed<Expression> {
  if (typeof source !== "string" || source === "") {
    return { kind: "refused", refusal: refusal("invalid_argument", `${field} must be an expression`, { field }) };
  }
  if (source.length > limits.expressionLength) {
    const limit = limits.expressionLength;
    const message = `${field} has ${source.length} characters, at most ${limit} are allowed`;
    return { kind: "refused", refusal: refusal("limit_exceeded", message, { field, limit, value: source.length }) };
  }
  if (compile === undefined) return { kind: "refused", refusal: noExpressions() };
  return compile(source, { field, isCondition, knows });
}

/** The variables that an expression speaks of. */
export function variablesNamed(state: SessionState, { references }: Expression): Parsed<readonly Variable[]> {
  const variables: Variable[] = [];
  for (const name of references) {
    const variable = state.variables.get(state.names.get(name) ?? "");
    if (variable === undefined) return { kind: "refused", refusal: unknownVariable(name) };
    variables.push(variable);
  }
  return { kind: "parsed", value: variables };
}

/**
 * The names that a variable's expression speaks of and whose values it would not follow: no such variable is there, or the
 * one that is there is none that it depends on. An import leaves such names where it brings less than its expressions need.
 */
export function namesNotFollowed(
  state: SessionState,
  { id, derivation }: Pick<Variable, "id" | "derivation">,
  context: DecideContext,
): readonly string[] {
  if (derivation?.kind !== "expression") return [];
  const read = readStored(derivation, context, false);
  if (read.kind === "refused") return [];
  return read.value.references.filter((name) => {
    const dependsOn = state.names.get(name);
    return dependsOn === undefined || state.dependencies.get(id, dependsOn)?.kind !== "data";
  });
}

/** Says whether a variable's expression speaks of another variable. */
export function derivationNeeds({ derivation }: Variable, name: string, context: DecideContext): boolean {
  if (derivation?.kind !== "expression") return false;
  const read = readStored(derivation, context, false);
  return read.kind === "parsed" && read.value.references.includes(name);
}
