import type { DecideContext } from "../command.ts";
import type { SessionEvent } from "../commit.ts";
import { eventsIn, type Step } from "../commit-steps.ts";
import type { Parsed } from "../parse-value.ts";
import { findVariable, type SessionState } from "../session-state.ts";
import { type Refusal, refusal } from "../store-error.ts";
import type { LeasedVariable, LeaseEvent } from "./lease-event.ts";
import { causeOfLoss, isHeld, type LeaseProof, type OptimizationRecord } from "./optimization.ts";

/**
 * Holds events against the leases of a session: whoever proves to hold a lease must hold it still, and what is leased
 * is written by its holder alone. Gives the events that must come before them: leases that were lost meanwhile end.
 */
export function checkLeases(
  state: SessionState,
  steps: readonly Step[],
  context: DecideContext,
): Parsed<readonly SessionEvent[]> {
  if (context.lease !== undefined) {
    const proven = requireLease(state, context.lease, context.atMs);
    if (proven.kind === "refused") return proven;
  }
  if (state.leases.size === 0) return { kind: "parsed", value: [] };
  const endings = new Map<string, SessionEvent>();
  for (const event of eventsIn(steps)) {
    const id = writtenBy(event);
    const holder = id === undefined ? undefined : state.leases.get(id);
    if (id === undefined || holder === undefined || holder === context.lease?.optimization) continue;
    const record = state.optimizations.get(holder);
    if (record === undefined) continue;
    if (isHeld(record, context.atMs)) return { kind: "refused", refusal: alreadyOptimizing(state, id, record) };
    endings.set(holder, abandonment(state, record));
  }
  return { kind: "parsed", value: [...endings.values()] };
}

/** The event that records a lost lease. */
export const abandonment = (state: SessionState, record: OptimizationRecord): SessionEvent =>
  endingOf(state, record, { state: "abandoned", cause: causeOfLoss(record) });

/** The event that records how an optimization ended. */
export const endingOf = (
  state: SessionState,
  { id, variables }: OptimizationRecord,
  how: Pick<Extract<LeaseEvent, { kind: "optimization-ended" }>, "state" | "cause">,
): SessionEvent => ({ kind: "optimization-ended", optimization: id, ...how, variables: leasedOf(state, variables) });

/** The variables of these ids that are there, as they are called. */
export const leasedOf = (state: SessionState, ids: readonly string[]): readonly LeasedVariable[] =>
  ids.flatMap((id) => {
    const variable = state.variables.get(id);
    return variable === undefined ? [] : [{ id, name: variable.name }];
  });

/** The variable that an event changes, or is new to; what only tells it of another's change leaves it as it is. */
function writtenBy(event: SessionEvent): string | undefined {
  switch (event.kind) {
    case "variable-set":
    case "variable-deleted":
      return event.id;
    case "variable-changed":
    case "variable-imported":
    case "staleness-changed":
      return event.variable.id;
    default:
      return undefined;
  }
}

/** The refusal of a write to what another optimization holds. */
export function alreadyOptimizing(
  state: SessionState,
  ref: string,
  { id, optimizer, holder }: OptimizationRecord,
): Refusal<"already_optimizing"> {
  const variable = findVariable(state, ref)?.name ?? ref;
  const message = `${variable} is locked for optimization: ${optimizer} holds it as ${id}`;
  return refusal("already_optimizing", message, { variable, optimization: id, holder });
}

/** Finds an optimization that is under way and whose lease the caller proves to hold. */
export function requireLease(
  state: SessionState,
  { optimization, fencingToken }: LeaseProof,
  atMs: number,
): Parsed<OptimizationRecord> {
  const record = state.optimizations.get(optimization);
  if (record !== undefined && record.fencingToken === fencingToken && isHeld(record, atMs)) {
    return { kind: "parsed", value: record };
  }
  const variable = record?.variables.find((id) => state.leases.has(id));
  const present = variable === undefined ? undefined : state.optimizations.get(state.leases.get(variable) ?? "");
  const holder = present !== undefined && isHeld(present, atMs) && present !== record ? present.holder : undefined;
  const message = `the lease of ${optimization} with fencing token ${fencingToken} is not held: ${whyLost(record, fencingToken)}`;
  const details = { optimization, ...(holder !== undefined && { holder }) };
  return { kind: "refused", refusal: refusal("lease_lost", message, details) };
}

function whyLost(record: OptimizationRecord | undefined, fencingToken: number): string {
  if (record === undefined) return "there is no such optimization";
  if (record.fencingToken !== fencingToken) return "the token is another";
  return record.state === "running" ? causeOfLoss(record) : `it is ${record.state}`;
}
