import type { Follower } from "../dependency/dependency-graph.ts";
import { holderOf } from "../layered-map.ts";
import type { SessionState } from "../session-state.ts";
import type { Variable } from "../variable.ts";
import { DerivedSlot, VariableTable } from "../variable-table.ts";

/** Says whether a variable is there that follows what it depends on. */
export function isConcerned(state: SessionState, follower: Follower): boolean {
  const target = targetOf(state, follower);
  return target !== undefined && (follower.kind === "data" || !isDerived(target));
}

/** A variable, or where it is kept. */
export type Target = Variable | DerivedSlot;

/** What depends on something; nothing where it is gone. */
export function targetOf({ variables }: SessionState, follower: Follower): Target | undefined {
  const table = holderOf(variables, follower.id);
  if (!(table instanceof VariableTable)) return variables.get(follower.id);
  if (!table.owns(follower.slot)) follower.slot = table.slotOf(follower.id);
  return follower.slot ?? table.get(follower.id);
}

/** A variable but for its value. */
export const baseOf = (target: Target): Variable => (target instanceof DerivedSlot ? target.base : target);

/** Says whether the values of a variable follow from others. */
export const isDerived = (target: Target): boolean =>
  target instanceof DerivedSlot ? target.isDerived : target.derivation !== undefined;

/** A variable, as it is now. */
export const variableOf = (target: Target): Variable => (target instanceof DerivedSlot ? target.variable : target);
