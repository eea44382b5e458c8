import type { DecideContext } from "../command.ts";
import type { Commit, SessionEvent, VariableSet } from "../commit.ts";
import { previousOf } from "../decide-variable.ts";
import { applyEvent } from "../evolve.ts";
import type { Parsed } from "../parse-value.ts";
import { type Payload, payloadEquals } from "../payload.ts";
import type { SessionState } from "../session-state.ts";
import { type Refusal, refusal } from "../store-error.ts";
import type { Variable } from "../variable.ts";
import { compute } from "./compute.ts";

/** What follows from new values: further events of the same commit, or why the commit cannot be. */
export type Propagated =
  | { readonly kind: "propagated"; readonly events: readonly SessionEvent[] }
  | { readonly kind: "refused"; readonly refusal: Refusal };

/** What has caused one variable to be looked at again. */
interface Visit {
  readonly variable: Variable;
  /** Ids of the dependencies whose values are new, the first of which leads to the root. */
  readonly causes: string[];
}

/**
 * Follows new values to everything that depends on them. Each derived variable is computed once, after all that it
 * depends on, since heights in the dependency graph are an order to compute in; one whose value comes out the same
 * stops there. Costs what is reached. Folds what it finds into the draft it is given.
 *
 * @param draft - the state after the writes, which this may change
 * @param changed - ids of the variables that were written
 * @param demanded - ids of derived variables to compute whether or not anything they depend on is new
 */
export function propagate(
  draft: SessionState,
  { changed, demanded = [] }: { changed: Iterable<string>; demanded?: Iterable<string> },
  { commit, context }: { commit: Commit; context: DecideContext },
): Propagated {
  const queue = createHeightQueue();
  const roots = new Map<string, string>();
  const events: SessionEvent[] = [];
  const { dependencies } = draft;

  const visitDependents = (id: string): void => {
    for (const { variable: dependent, kind } of dependencies.dependentsOf(id)) {
      const variable = draft.variables.get(dependent);
      if (variable === undefined || (variable.derivation !== undefined && kind !== "data")) continue;
      queue.add(variable, dependencies.heightOf(dependent), id);
    }
  };
  for (const id of demanded) {
    const variable = draft.variables.get(id);
    if (variable?.derivation !== undefined) queue.add(variable, dependencies.heightOf(id));
  }
  for (const id of changed) visitDependents(id);

  let computed = 0;
  for (let visit = queue.next(); visit !== undefined; visit = queue.next()) {
    const { variable, causes } = visit;
    const { id, name, version, derivation } = variable;
    if (derivation === undefined) {
      events.push({ kind: "dependency-changed", id, name, version, causedBy: causes });
      continue;
    }
    if (++computed > context.limits.derivationsPerCommit) return tooMany(computed, context);
    const { type, constraints } = variable;
    const upstream = () => Array.from(dependencies.dependenciesOf(id), ({ dependsOn }) => dependsOn);
    const result = compute(draft, { name, type, constraints, derivation, dependencies: upstream }, context);
    const root = roots.get(causes[0] ?? "") ?? causes[0];
    const event = eventFor(variable, result, { causes, root, commit });
    if (event === undefined) continue;
    events.push(event);
    applyEvent(draft, event, commit);
    if (event.kind !== "variable-set") continue;
    if (root !== undefined) roots.set(id, root);
    visitDependents(id);
  }
  return { kind: "propagated", events };
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
  return {
    kind: "variable-set",
    id: variable.id,
    name: variable.name,
    version: variable.version + 1,
    payload: result.value,
    ...previousOf(variable.payload),
    causedBy: causes,
    root: root ?? variable.id,
  };
}

const staleness = (variable: Variable) => ({ kind: "staleness-changed", variable: Object.freeze(variable) }) as const;

function tooMany(value: number, { limits }: DecideContext): Propagated {
  const limit = limits.derivationsPerCommit;
  const message = `at most ${limit} derived variables are computed in one commit, this one leads to more`;
  return { kind: "refused", refusal: refusal("limit_exceeded", message, { field: "derivations", limit, value }) };
}

/** Gives out variables from the lowest height up, each once. What is added is higher than what was given out last. */
function createHeightQueue() {
  const byHeight: Visit[][] = [];
  const queued = new Map<string, Visit>();
  let height = 0;
  let at = 0;
  return {
    add(variable: Variable, atHeight: number, cause?: string): void {
      let visit = queued.get(variable.id);
      if (visit === undefined) {
        visit = { variable, causes: [] };
        queued.set(variable.id, visit);
        byHeight[atHeight] ??= [];
        byHeight[atHeight].push(visit);
      }
      if (cause !== undefined) visit.causes.push(cause);
    },
    next(): Visit | undefined {
      for (; height < byHeight.length; height++, at = 0) {
        const visit = byHeight[height]?.[at];
        if (visit === undefined) continue;
        at++;
        return visit;
      }
      return undefined;
    },
  };
}
