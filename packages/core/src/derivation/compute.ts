import type { DecideContext } from "../command.ts";
import { encodeValue, type ValueTarget } from "../encode-value.ts";
import type { Parsed } from "../parse-value.ts";
import { fromPayload, type Payload, type Value } from "../payload.ts";
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
    const message = `${target.name} cannot be derived: ${result.message}`;
    return { kind: "refused", refusal: refusal("derivation_failed", message, { variable: target.name }) };
  }
  return encodeValue(target, result.value, context);
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
