import type { DecideContext } from "../command.ts";
import type { Commit, SessionEvent, VariableSet } from "../commit.ts";
import { isRepeated } from "../decide-variable.ts";
import { applyEvent, variableAfter } from "../evolve.ts";
import type { Parsed } from "../parse-value.ts";
import { type Payload, payloadEquals } from "../payload.ts";
import { putVariable, type SessionState } from "../session-state.ts";
import { type Refusal, refusal } from "../store-error.ts";
import type { Derivation, Variable } from "../variable.ts";
import { namesNotFollowed } from "./check-derivation.ts";
import { type ComputeOptions, compute, payloadOf } from "./compute.ts";
import { createHeightQueue } from "./height-queue.ts";

/** What follows from new values: further events of the same commit, or why the commit cannot be. */
export type Propagated =
  | {
      readonly kind: "propagated";
      readonly events: readonly SessionEvent[];
      /** At the place of each event that gives a variable a value: that variable afterwards. */
      readonly variables: readonly (Variable | undefined)[];
    }
  | { readonly kind: "refused"; readonly refusal: Refusal };

/**
 * Follows new values to everything that depends on them. Each derived variable is computed once, after all that it
 * depends on, since heights in the dependency graph are an order to compute in; one whose value comes out the same
 * stops there. Costs what is reached. Folds into the draft it is given what anything else may look at.
 *
 * @param draft - the state after the writes, which this may change
 * @param changed - ids of the variables that were written
 * @param demanded - ids of derived variables to compute whether or not anything they depend on is new
 */
export function propagate(
  draft: SessionState,
  { changed, demanded }: { changed: Iterable<string>; demanded: ReadonlySet<string> },
  { commit, context }: { commit: Commit; context: DecideContext },
): Propagated {
  const queue = createHeightQueue();
  const roots = new Map<string, string>();
  const events: SessionEvent[] = [];
  const variables: (Variable | undefined)[] = [];
  const { dependencies } = draft;
  const hasRules = draft.rules.size > 0;

  const visitDependents = (id: string): void => {
    const causes = [id];
    for (const { variable: dependent, kind } of dependencies.dependentsOf(id)) {
      const variable = draft.variables.get(dependent);
      if (variable === undefined || (variable.derivation !== undefined && kind !== "data")) continue;
      const isOnce = demanded.size === 0 && dependencies.dependencyCount(dependent) === 1;
      queue.add(variable, { height: dependencies.heightOf(dependent), causes, isOnce });
    }
  };
  for (const id of demanded) {
    const variable = draft.variables.get(id);
    const height = dependencies.heightOf(id);
    if (variable?.derivation !== undefined) queue.add(variable, { height, causes: [], isOnce: false });
  }
  for (const id of changed) visitDependents(id);

  // Many that follow from one variable ask for the same one after the other.
  let lastName: string | undefined;
  let lastPayload: Payload | undefined;
  const computing: ComputeOptions<Derived> = {
    context,
    payloadOf(name) {
      if (name === lastName) return lastPayload;
      lastName = name;
      lastPayload = payloadOf(draft, name);
      return lastPayload;
    },
    dependenciesOf: ({ id }) => Array.from(dependencies.dependenciesOf(id), ({ dependsOn }) => dependsOn),
  };
  let computed = 0;
  for (let visit = queue.next(); visit !== undefined; visit = queue.next()) {
    const { variable, causes } = visit;
    const { id, name, version, derivation } = variable;
    if (derivation === undefined) {
      events.push({ kind: "dependency-changed", id, name, version, causedBy: causes });
      variables.push(undefined);
      continue;
    }
    if (++computed > context.limits.derivationsPerCommit) return tooMany(computed, context);
    const isSure = variable.stale === undefined && !demanded.has(id);
    const result =
      (isSure ? undefined : checkFollows(draft, variable, context)) ?? compute(draft, variable as Derived, computing);
    const root = roots.get(causes[0] ?? "") ?? causes[0];
    const event = eventFor(variable, result, { causes, root, commit });
    if (event === undefined) continue;
    events.push(event);
    const after = event.kind === "variable-set" ? variableAfter(variable, event, commit) : undefined;
    variables.push(after);
    const isFollowed = dependencies.hasDependents(id);
    if (after === undefined) applyEvent(draft, event, commit);
    else if (isFollowed || hasRules) {
      putVariable(draft, after);
      lastName = undefined;
    }
    if (after === undefined || !isFollowed) continue;
    if (root !== undefined) roots.set(id, root);
    visitDependents(id);
  }
  return { kind: "propagated", events, variables };
}

type Derived = Variable & { readonly derivation: Derivation };

/** Refuses to compute what would not follow all that it is computed from. Only what is stale or new may be such. */
function checkFollows(draft: SessionState, variable: Variable, context: DecideContext): Parsed<Payload> | undefined {
  const [name] = namesNotFollowed(draft, variable, context);
  if (name === undefined) return undefined;
  const problem = draft.names.has(name) ? `it does not depend on ${name}` : `variable '${name}' is not there`;
  const details = { variable: variable.name };
  return {
    kind: "refused",
    refusal: refusal("derivation_failed", `${variable.name} cannot be derived: ${problem}`, details),
  };
}

function eventFor(
  variable: Variable,
  result: Parsed<Payload>,
  { causes, root, commit }: { causes: readonly string[]; root: string | undefined; commit: Commit },
): VariableSet | Extract<SessionEvent, { kind: "staleness-changed" }> | undefined {
  if (result.kind === "refused") {
    const { message: cause } = result.refusal;
    if (variable.stale?.cause === cause) return undefined;
    return staleness({ ...variable, stale: { cause, sinceRevision: commit.revision } });
  }
  if (payloadEquals(result.value, variable.payload)) {
    if (variable.stale === undefined) return undefined;
    const { stale: _, ...fresh } = variable;
    return staleness(fresh);
  }
  const { id, name, payload: previous } = variable;
  const [version, payload] = [variable.version + 1, result.value];
  const [kind, causedBy] = ["variable-set", causes] as const;
  // Each in one literal: there may be thousands of them.
  return isRepeated(previous)
    ? { kind, id, name, version, payload, previous, causedBy, root: root ?? id }
    : { kind, id, name, version, payload, causedBy, root: root ?? id };
}

const staleness = (variable: Variable) => ({ kind: "staleness-changed", variable: Object.freeze(variable) }) as const;

function tooMany(value: number, { limits }: DecideContext): Propagated {
  const limit = limits.derivationsPerCommit;
  const message = `at most ${limit} derived variables are computed in one commit, this one leads to more`;
  return { kind: "refused", refusal: refusal("limit_exceeded", message, { field: "derivations", limit, value }) };
}
