import type { Command, CommandOf, DecideContext } from "../command.ts";
import { readExpression } from "../derivation/check-derivation.ts";
import { findVariable, type SessionState } from "../session-state.ts";
import type { Permission } from "./access-rule.ts";

/** A permission on a variable, which is named as the command names it. */
export interface Need {
  readonly ref: string;
  readonly permission: Permission;
}

/** What a command takes of a caller that does not own the session; `owner` where nothing is enough. */
export type Needs = "owner" | readonly Need[];

type NeedsOf<C extends Command> = "owner" | ((command: C, state: SessionState, context: DecideContext) => Needs);

const write = (ref: string): Need => ({ ref, permission: "write" });
const read = (ref: string): Need => ({ ref, permission: "read" });
const optimize = (ref: string): Need => ({ ref, permission: "optimize" });
const writeOfRef = ({ ref }: { readonly ref: string }): Needs => [write(ref)];

/** What is in a session beside variables is for that session alone. */
const needs: { readonly [K in Command["kind"]]: NeedsOf<CommandOf<K>> } = {
  "create-session": "owner",
  "update-session": "owner",
  "delete-session": "owner",
  "register-variable": "owner",
  "set-variable": writeOfRef,
  "expect-version": ({ ref }) => [read(ref)],
  "change-variable": writeOfRef,
  "delete-variable": writeOfRef,
  "add-dependency": ({ spec }) => [write(spec.variable), read(spec.dependsOn)],
  "remove-dependency": ({ variable, dependsOn }) => [write(variable), read(dependsOn)],
  "set-derivation": needsOfDerivation,
  // What was computed stays, and nothing hides it any more.
  "clear-derivation": ({ ref }) => [write(ref), read(ref)],
  "recompute-variables": ({ refs }) => refs?.flatMap((ref) => [write(ref), read(ref)]) ?? "owner",
  "put-rule": "owner",
  "delete-rule": "owner",
  "put-space": "owner",
  "delete-space": "owner",
  "expect-space": "owner",
  "set-label": "owner",
  "delete-label": "owner",
  "rollback-variable": writeOfRef,
  "rollback-session": "owner",
  "import-variable": "owner",
  "import-dependencies": "owner",
  "start-optimization": ({ refs }) => refs.map(optimize),
  "renew-lease": ({ optimization }, state) => needsOfOptimization(optimization, state),
  "report-progress": ({ optimization }, state) => needsOfOptimization(optimization, state),
  "stop-optimization": ({ target }, state) =>
    target.kind === "variable" ? [optimize(target.ref)] : needsOfOptimization(target.id, state),
  "abandon-optimizations": "owner",
  "set-variable-permissions": "owner",
  "set-session-permissions": "owner",
  "put-program": "owner",
  "delete-program": "owner",
};

/** Whoever may optimize all of its variables may do so as part of an optimization; one that is not known shows nothing. */
const needsOfOptimization = (id: string, state: SessionState): Needs =>
  state.optimizations.get(id)?.variables.map(optimize) ?? "owner";

/** A derived value shows what it comes from, and so does what is said where none can be computed. */
function needsOfDerivation(
  { ref, derivation, dependencies = [] }: CommandOf<"set-derivation">,
  state: SessionState,
  context: DecideContext,
): Needs {
  const refs = new Set(dependencies);
  const variable = findVariable(state, ref);
  for (const { dependsOn } of variable === undefined ? [] : state.dependencies.dependenciesOf(variable.id)) {
    refs.add(dependsOn);
  }
  if (derivation.kind === "expression") {
    const reading = { field: "derivation", isCondition: false };
    const expression = readExpression(derivation.expression, reading, context);
    for (const name of expression.kind === "parsed" ? expression.value.references : []) refs.add(name);
  }
  return [write(ref), ...Array.from(refs, read)];
}

/** What a command takes of a caller that does not own the session. */
export function needsOf(command: Command, state: SessionState, context: DecideContext): Needs {
  const row = needs[command.kind] as NeedsOf<Command>;
  return row === "owner" ? row : row(command, state, context);
}
