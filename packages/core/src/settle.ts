import type { Command, DecideContext } from "./command.ts";
import type { SessionEvent } from "./commit.ts";
import { eventsIn, type Step } from "./commit-steps.ts";
import type { BatchDecision, Decided } from "./decide-batch.ts";
import { propagate } from "./derivation/propagate.ts";
import { evolve } from "./evolve.ts";
import { checkLeases } from "./lease/check-lease.ts";
import { nextCommit } from "./next-commit.ts";
import { checkRules } from "./rule/check-rules.ts";
import { draftOf, findVariable, type SessionState } from "./session-state.ts";

/**
 * Completes a decision: adds what is derived from the values that it changes, and refuses it where a rule would not
 * hold of the outcome. Costs nothing where no variable concerned has a dependent or a rule.
 */
export function settle(
  state: SessionState,
  commands: readonly Command[],
  decided: Decided,
  context: DecideContext,
): BatchDecision {
  const { steps: events } = decided;
  if (!asksForMore(state, commands, events)) return decided;
  const commit = nextCommit(state, decided, context);
  const draft = evolve(draftOf(state), commit);
  const demanded = new Set(events.flatMap((event) => demandedBy(event)));
  for (const command of commands) {
    if (command.kind !== "recompute-variables") continue;
    for (const id of command.refs ?? state.stale.values()) demanded.add(findVariable(state, id)?.id ?? id);
  }
  const written = events.filter((event) => event.kind === "variable-set");
  const changed = new Set(written.filter((event) => event.unchanged !== true).map(({ id }) => id));
  const propagated = propagate(draft, { changed, demanded }, { commit, context });
  if (propagated.kind === "refused") return propagated;
  const leases = checkLeases(draft, propagated.steps, context);
  if (leases.kind === "refused") return leases;
  const broken = draft.rules.size === 0 ? undefined : checkRules(draft, [...changed, ...setBy(propagated)], context);
  if (broken !== undefined) return { kind: "refused", refusal: broken };
  if (propagated.steps.length === 0) return decided;
  const before = [...events, ...leases.value];
  const variables = [...before.map(() => undefined), ...propagated.variables];
  return { ...decided, steps: [...before, ...propagated.steps], variables };
}

/** Ids of the variables that follow from others and have new values. */
const setBy = ({ steps }: { steps: readonly Step[] }): string[] =>
  eventsIn(steps).flatMap((event) => (event.kind === "variable-set" ? [event.id] : []));

/** Says whether anything may follow from a decision. Loops, since this is asked of every write, and mostly denied. */
function asksForMore(state: SessionState, commands: readonly Command[], events: readonly SessionEvent[]): boolean {
  for (const { kind } of commands) if (kind === "recompute-variables") return true;
  for (const event of events) if (concernsOthers(state, event)) return true;
  return false;
}

/** Says whether an event may lead to others, or break a rule. */
function concernsOthers(state: SessionState, event: SessionEvent): boolean {
  switch (event.kind) {
    case "variable-set":
      return state.dependencies.hasDependents(event.id) || state.rulesOf.hasFrom(event.id);
    case "variable-changed":
    case "variable-imported":
      return event.variable.derivation !== undefined;
    case "dependency-added":
    case "dependency-removed":
    case "rule-put":
      return true;
    default:
      return false;
  }
}

/** Derived variables that must be computed because how they are derived is new. */
function demandedBy(event: SessionEvent): string[] {
  if (event.kind === "variable-changed" || event.kind === "variable-imported") return [event.variable.id];
  return event.kind === "dependency-added" || event.kind === "dependency-removed" ? [event.variable] : [];
}
