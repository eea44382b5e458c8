import type { DecideContext } from "../command.ts";
import type { Commit, CommitStamp, SessionEvent, VariableSet } from "../commit.ts";
import { isRepeated } from "../decide-variable.ts";
import type { Follower } from "../dependency/dependency-graph.ts";
import { applyEvent, type MadeVariable } from "../evolve.ts";
import { holderOf } from "../layered-map.ts";
import type { Parsed } from "../parse-value.ts";
import { type Payload, payloadEquals } from "../payload.ts";
import { putVariable, type SessionState } from "../session-state.ts";
import { type Refusal, refusal } from "../store-error.ts";
import type { Derivation, Variable } from "../variable.ts";
import { variableAfter } from "../variable-after.ts";
import { DerivedSlot, VariableTable } from "../variable-table.ts";
import { namesNotFollowed } from "./check-derivation.ts";
import { type ComputeOptions, compute, payloadOf } from "./compute.ts";
import { type Cause, DerivedSet } from "./derived-set.ts";
import { createHeightQueue } from "./height-queue.ts";
import { computeQuickly } from "./recipe.ts";

/** What follows from new values: further events of the same commit, or why the commit cannot be. */
export type Propagated =
  | {
      readonly kind: "propagated";
      readonly events: readonly SessionEvent[];
      /** At the place of each event that gives a variable a value: that variable afterwards, or where it is kept. */
      readonly variables: readonly MadeVariable[];
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
  const variables: MadeVariable[] = [];
  const { dependencies } = draft;
  const hasRules = draft.rules.size > 0;

  const visitDependents = (id: string): void => {
    const causes = [id];
    for (const crowd of dependencies.followersOf(id)) {
      const isOnce = crowd.isOnly && demanded.size === 0;
      if (isOnce) queue.add(crowd, { causes, isOnce });
      else {
        for (const follower of crowd.members) {
          if (isConcerned(draft, follower)) queue.add({ ...crowd, members: [follower] }, { causes, isOnce });
        }
      }
    }
  };
  for (const id of demanded) {
    if (draft.variables.get(id)?.derivation === undefined) continue;
    const follower = { id, kind: "data", isFollowed: dependencies.hasDependents(id), slot: undefined } as const;
    const crowd = { height: dependencies.heightOf(id), isOnly: false, members: [follower] };
    queue.add(crowd, { causes: [], isOnce: false });
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
  const { revision, atMs, actor, origin, metadata } = commit;
  const stamp: CommitStamp = { revision, atMs, actor, origin, metadata };
  let last: Cause | undefined;
  const causeOf = (causedBy: readonly string[]): Cause => {
    if (last?.causedBy !== causedBy) last = { causedBy, root: roots.get(causedBy[0] ?? "") ?? causedBy[0], stamp };
    return last;
  };
  let computed = 0;
  for (let visit = queue.next(); visit !== undefined; visit = queue.next()) {
    const { follower, causes } = visit;
    const { isFollowed } = follower;
    const target = targetOf(draft, follower);
    if (target === undefined) continue;
    const { id, name, derivation, stale } = baseOf(target);
    if (derivation === undefined) {
      events.push({ kind: "dependency-changed", id, name, version: target.version, causedBy: causes });
      variables.push(undefined);
      continue;
    }
    if (follower.kind !== "data") continue;
    if (++computed > context.limits.derivationsPerCommit) return tooMany(computed, context);
    const cause = causeOf(causes);
    const isSure = stale === undefined && !demanded.has(id);
    const quick = isSure && target instanceof DerivedSlot ? followQuickly(target, cause, computing) : undefined;
    if (quick === "unchanged") continue;
    if (quick !== undefined && !isFollowed && !hasRules) {
      events.push(quick);
      variables.push(target);
      continue;
    }
    const variable = variableOf(target) as Derived;
    const unsure = isSure ? undefined : checkFollows(draft, variable, context);
    const event = quick ?? eventFor(variable, unsure ?? compute(draft, variable, computing), cause);
    if (event === undefined) continue;
    events.push(event);
    const after = event.kind === "variable-set" ? variableAfter(variable, event, commit) : undefined;
    variables.push(after);
    if (after === undefined) applyEvent(draft, event, commit);
    else if (isFollowed || hasRules) {
      putVariable(draft, after);
      lastName = undefined;
    }
    if (after === undefined || !isFollowed) continue;
    if (cause.root !== undefined) roots.set(id, cause.root);
    visitDependents(id);
  }
  return { kind: "propagated", events, variables };
}

/** Says whether a variable is there that follows what it depends on. */
function isConcerned(state: SessionState, follower: Follower): boolean {
  const target = targetOf(state, follower);
  return target !== undefined && (follower.kind === "data" || baseOf(target).derivation === undefined);
}

/** A variable, or where it is kept. */
type Target = Variable | DerivedSlot;

/** What depends on something; nothing where it is gone. */
function targetOf({ variables }: SessionState, follower: Follower): Target | undefined {
  const table = holderOf(variables, follower.id);
  if (!(table instanceof VariableTable)) return variables.get(follower.id);
  if (follower.slot?.table !== table) follower.slot = table.slotOf(follower.id);
  return follower.slot ?? table.get(follower.id);
}

/** A variable but for its value. */
const baseOf = (target: Target): Variable => (target instanceof DerivedSlot ? target.base : target);
const variableOf = (target: Target): Variable => (target instanceof DerivedSlot ? target.variable : target);

/** The event that gives a variable a computed value, where that is all there is to say: no failure, and nothing large. */
function followQuickly(
  slot: DerivedSlot,
  cause: Cause,
  { context, payloadOf = () => undefined }: ComputeOptions<Derived>,
): DerivedSet | "unchanged" | undefined {
  const { payload: before } = slot;
  const payload = isRepeated(before) ? computeQuickly(slot, context, payloadOf) : undefined;
  if (payload === undefined) return undefined;
  return payloadEquals(payload, before) ? "unchanged" : new DerivedSet(slot, payload, cause);
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
  { causedBy, root, stamp }: Cause,
): VariableSet | Extract<SessionEvent, { kind: "staleness-changed" }> | undefined {
  if (result.kind === "refused") {
    const { message: cause } = result.refusal;
    if (variable.stale?.cause === cause) return undefined;
    return staleness({ ...variable, stale: { cause, sinceRevision: stamp.revision } });
  }
  if (payloadEquals(result.value, variable.payload)) {
    if (variable.stale === undefined) return undefined;
    const { stale: _, ...fresh } = variable;
    return staleness(fresh);
  }
  const { id, name, payload: previous } = variable;
  const [version, payload] = [variable.version + 1, result.value];
  const kind = "variable-set";
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
