import type { DecideContext } from "../command.ts";
import { unknownVariable } from "../find-variable.ts";
import type { Parsed } from "../parse-value.ts";
import type { SessionState } from "../session-state.ts";
import { refusal } from "../store-error.ts";
import type { Derivation, Variable } from "../variable.ts";
import type { Expression } from "./expression.ts";

/** Reads a derivation and gives the variables that it names, none for a function, or refuses it. */
export function checkDerivation(
  state: SessionState,
  derivation: Derivation,
  context: DecideContext,
): Parsed<readonly Variable[]> {
  if (derivation.kind === "expression") {
    const expression = readExpression(derivation.expression, "derivation", context);
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
  const message = "derivation must be an expression or a function";
  return { kind: "refused", refusal: refusal("invalid_argument", message, { field: "derivation" }) };
}

/** Reads an expression within the limits. */
export function readExpression(source: unknown, field: string, { compile, limits }: DecideContext): Parsed<Expression> {
  if (typeof source !== "string" || source === "") {
    return { kind: "refused", refusal: refusal("invalid_argument", `${field} must be an expression`, { field }) };
  }
  if (source.length > limits.expressionLength) {
    const limit = limits.expressionLength;
    const message = `${field} has ${source.length} characters, at most ${limit} are allowed`;
    return { kind: "refused", refusal: refusal("limit_exceeded", message, { field, limit, value: source.length }) };
  }
  if (compile === undefined) {
    const message = "no expressions can be evaluated here";
    return { kind: "refused", refusal: refusal("unimplemented", message, { feature: "expressions" }) };
  }
  const compiled = compile(source);
  return compiled.kind === "refused" ? compiled : { kind: "parsed", value: compiled.expression };
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

/** Says whether a variable's expression speaks of another variable. */
export function derivationNeeds({ derivation }: Variable, name: string, { compile }: DecideContext): boolean {
  if (derivation?.kind !== "expression") return false;
  const compiled = compile?.(derivation.expression);
  return compiled?.kind === "compiled" && compiled.expression.references.includes(name);
}
