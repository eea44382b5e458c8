import type { DecideContext } from "../command.ts";
import { encodeValue, type ValueTarget } from "../encode-value.ts";
import type { Parsed } from "../parse-value.ts";
import { fromPayload, type Payload, type Value } from "../payload.ts";
import { isSensitive } from "../sensitivity.ts";
import type { SessionState } from "../session-state.ts";
import { refusal } from "../store-error.ts";
import type { Derivation } from "../variable.ts";
import type { Evaluated } from "./expression.ts";
import { readStored } from "./stored-expression.ts";

/** What a derivation computes a value for. */
export interface DerivationTarget extends ValueTarget {
  readonly derivation: Derivation;
}

/** What a value is computed with. One serves many targets. */
export interface ComputeOptions<T> {
  readonly context: DecideContext;
  /** The present value of a variable by name, where that is kept at hand. */
  readonly payloadOf?: (name: string) => Payload | undefined;
  /** Gives ids of the variables that a target depends on, of whatever kind; only functions ask. */
  readonly dependenciesOf: (target: T) => Iterable<string>;
}

/** Computes a derived variable's value from the state; the variable's own type has the last word. */
export function compute<T extends DerivationTarget>(
  state: SessionState,
  target: T,
  options: ComputeOptions<T>,
): Parsed<Payload> {
  const { context } = options;
  const result = evaluate(state, target, options);
  if (result.kind === "failure") {
    const problem = speaksOfSensitive(state, target, options) ? untold : result.message;
    const message = `${target.name} cannot be derived: ${problem}`;
    return { kind: "refused", refusal: refusal("derivation_failed", message, { variable: target.name }) };
  }
  const encoded = encodeValue(target, result.value, context);
  if (encoded.kind === "parsed" || !speaksOfSensitive(state, target, options)) return encoded;
  return encodeValue({ ...target, sensitive: true }, result.value, context);
}

/** Says why something is not told why. */
export const untold = "the reason is not told, since it may show a sensitive value";

/** Says whether a derived variable's value comes from one that is sensitive. */
function speaksOfSensitive<T extends DerivationTarget>(
  state: SessionState,
  target: T,
  { context, dependenciesOf }: ComputeOptions<T>,
): boolean {
  const { derivation } = target;
  if (derivation.kind === "function") return hasSensitive(state, dependenciesOf(target));
  const read = readStored(derivation, context, false);
  return read.kind === "parsed" && hasSensitive(state, idsOf(state, read.value.references));
}

/** Ids of what is there of some names. */
export const idsOf = (state: SessionState, names: readonly string[]): string[] =>
  names.flatMap((name) => state.names.get(name) ?? []);

/** Says whether one of some variables is sensitive, or comes from one that is. */
export function hasSensitive(state: SessionState, ids: Iterable<string>): boolean {
  for (const id of ids) {
    const variable = state.variables.get(id);
    if (variable !== undefined && isSensitive(state, variable)) return true;
  }
  return false;
}

function evaluate<T extends DerivationTarget>(state: SessionState, target: T, options: ComputeOptions<T>): Evaluated {
  const { derivation } = target;
  if (derivation.kind === "function") {
    const { context, dependenciesOf } = options;
    return callFunction(state, derivation.name, { context, dependencies: dependenciesOf(target) });
  }
  const read = readStored(derivation, options.context, false);
  if (read.kind === "refused") return { kind: "failure", message: read.refusal.message };
  return read.value.evaluate(options.payloadOf ?? ((name) => payloadOf(state, name)));
}

/** The present value of a variable by name, which is what expressions speak of. */
export function payloadOf(state: SessionState, name: string): Payload | undefined {
  const id = state.names.get(name);
  return id === undefined ? undefined : state.variables.get(id)?.payload;
}

function callFunction(
  state: SessionState,
  name: string,
  { context, dependencies }: { context: DecideContext; dependencies: Iterable<string> },
): Evaluated {
  const call = context.functions?.get(name);
  if (call === undefined) return { kind: "failure", message: `no function named ${name} is known here` };
  const inputs: [string, Value][] = [];
  for (const id of dependencies) {
    const variable = state.variables.get(id);
    if (variable !== undefined) inputs.push([variable.name, fromPayload(variable.payload)]);
  }
  try {
    return { kind: "value", value: call(Object.fromEntries(inputs)) };
  } catch (error) {
    return { kind: "failure", message: `${name}: ${error instanceof Error ? error.message : String(error)}` };
  }
}
