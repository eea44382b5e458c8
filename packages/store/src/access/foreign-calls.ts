import { type Permission, parseVariableRef, type Store, StoreError } from "@trimtab/core";
import { createDependencyOperations } from "../dependency-operations.ts";
import { createHistoryOperations } from "../history-operations.ts";
import { createOptimizationOperations } from "../optimization-operations.ts";
import type { OptimizerRuns } from "../optimizer-runs.ts";
import { createRollbackOperations } from "../rollback-operations.ts";
import type { Sessions } from "../sessions.ts";
import { createTransferOperations } from "../transfer-operations.ts";
import { createVariableOperations } from "../variable-operations.ts";
import { ownerOf } from "./call-owner.ts";
import { refusedStranger } from "./guarded-sessions.ts";
import type { SessionAccess } from "./session-access.ts";

/** What can be done with variables of another session. */
export type ForeignStore = ReturnType<typeof createForeignStore>;

const createForeignStore = (sessions: Sessions, runs: OptimizerRuns) => ({
  ...createVariableOperations(sessions),
  ...createHistoryOperations(sessions),
  ...createRollbackOperations(sessions),
  ...createDependencyOperations(sessions),
  ...createTransferOperations(sessions),
  ...createOptimizationOperations(sessions, runs),
});

/** Where a call goes: the store and the session in it, and how refs are called there and here. */
export interface Route {
  readonly store: ForeignStore;
  readonly session: string;
  /** Where the call is about another session's variables: what its caller sees of them, and may do with one by id. */
  readonly foreign: Foreign | undefined;
  /** A ref of this call as it is called in its session. */
  strip(ref: string): string;
}

/** What a caller sees of another session. */
export interface Foreign {
  readonly sessions: Sessions;
  may(id: string, permission: Permission): Promise<boolean>;
  /** The refusal of a caller that may do nothing with anything it names; `undefined` for others. */
  refusal(): Promise<StoreError | undefined>;
}

/** A call on variables: which session makes it, which variables it names, and what it wants with them. */
export interface VariableCall {
  readonly session: string;
  readonly refs: readonly string[];
  readonly permissions: readonly Permission[];
}

/** Leads calls to where their variables are, as far as their caller may go. */
export interface ForeignCalls {
  route<T>(call: VariableCall, use: (route: Route) => Promise<T>): Promise<T>;
}

/** Makes what leads the calls of one principal. */
export function createForeignCalls(store: Store, access: SessionAccess, runs: OptimizerRuns): ForeignCalls {
  const routeByOwner: ForeignCalls["route"] = async ({ session, refs, permissions }, use) => {
    access.act(session);
    const strip = (ref: string) => parseVariableRef(session, ref).ref;
    const owner = ownerOf(session, refs);
    if (owner === session) return use({ store, session, foreign: undefined, strip });
    const there = refs.map(strip);
    const call = access.visit({ session, owner, refs: there, permissions }, (sessions, viewer) =>
      use({
        store: createForeignStore(sessions, runs),
        session: owner,
        foreign: {
          sessions,
          may: (id, permission) => access.may(viewer, { owner, id }, permission),
          refusal: () => refusedStranger({ sessions, viewer, owner, refs: there }),
        },
        strip,
      }),
    );
    return call.catch((error: unknown) => {
      throw error instanceof StoreError ? asSent(error, refs, strip) : error;
    });
  };
  return {
    route(call, use) {
      const { session, refs } = call;
      // Nearly every call is about a session's own variables, and goes where it would without anybody asking.
      if (!refs.every(isPlain) || !access.mayAct(session)) return routeByOwner(call, use);
      return use({ store, session, foreign: undefined, strip: asIs });
    },
  };
}

const isPlain = (ref: string): boolean => typeof ref !== "string" || !ref.includes("/");

const asIs = (ref: string): string => ref;

/** An error whose items are called as the caller called them. */
export function asSent(error: StoreError, refs: readonly string[], strip: Route["strip"]): StoreError {
  if (error.items.size === 0) return error;
  const refusal = error.toRefusal();
  return new StoreError({ ...refusal, items: keyedAsSent(refusal.items ?? new Map(), refs, strip) });
}

/** A map by ref, by the refs that were sent, of which several may be one with and without its session. */
export function keyedAsSent<T>(
  map: ReadonlyMap<string, T>,
  refs: readonly string[],
  strip: Route["strip"],
): ReadonlyMap<string, T> {
  if (refs.every((ref) => strip(ref) === ref)) return map;
  const sent = Map.groupBy(refs, strip);
  return new Map([...map].flatMap(([ref, item]) => (sent.get(ref) ?? [ref]).map((each) => [each, item] as const)));
}
