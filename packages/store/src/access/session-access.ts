import {
  type AccessControl,
  type Caller,
  createGlob,
  judgeAccess,
  mayNotAct,
  type Permission,
  type Principal,
  parseRecord,
  type SessionState,
  StoreError,
} from "@trimtab/core";
import type { Sessions } from "../sessions.ts";
import { createGuardedSessions, toldTo, type Viewer } from "./guarded-sessions.ts";

/** What a principal may act as, and how it finds the sessions of others. */
export interface SessionAccess {
  /** Whether the principal may act as a session. */
  mayAct(session: string): boolean;
  /** Rejects with `access_denied` where the principal may not act as a session, whether or not that is there. */
  act(session: string): void;
  /** The caller that a session of the principal's is; rejects where that is not there. */
  callerOf(session: string): Promise<Caller>;
  /** Whether a caller has a permission on a variable of another session, as that stands. */
  may(
    viewer: Viewer,
    variable: { readonly owner: string; readonly id: string },
    permission: Permission,
  ): Promise<boolean>;
  /** A session of the principal's as one that looks at another. */
  viewer(session: string, permissions: readonly Permission[]): Promise<Viewer>;
  /** One that looks on, as its session is each time that it is asked for; asking throws once that has ended. */
  onlooker(state: () => SessionState, permissions: readonly Permission[]): Viewer;
  /** Lets `use` work on another session as one of the principal's own may. */
  visit<T>(visit: Visit, use: (sessions: Sessions, viewer: Viewer) => T | Promise<T>): Promise<T>;
}

/** Who visits whom, and for what: variables with one of the permissions are there. */
export interface Visit {
  readonly session: string;
  readonly owner: string;
  /** What is named there. */
  readonly refs: readonly string[];
  readonly permissions: readonly Permission[];
}

/**
 * Prepares what a principal may do.
 *
 * @throws StoreError `invalid_argument` for attributes that are no plain data
 */
export function createSessionAccess(sessions: Sessions, principal: Principal, control: AccessControl): SessionAccess {
  const patterns = principal.sessions.map(createGlob);
  const mayAct = (session: string) => typeof session === "string" && patterns.some((matches) => matches(session));
  const attributes = parseRecord(principal.attributes, "attributes", sessions.limits.metadataBytes);
  if (attributes.kind === "refused") throw new StoreError(attributes.refusal);
  const { id, roles = [], believesSession = false } = principal;

  const callerIn = ({ id: session, metadata }: SessionState): Caller => ({
    session,
    principal: id,
    attributes: believesSession ? { ...metadata, ...attributes.value } : attributes.value,
    roles,
  });

  const callerOf = (session: string): Promise<Caller> =>
    sessions.access(session, ({ runtime }) => callerIn(runtime.state));

  const viewer = async (session: string, permissions: readonly Permission[]): Promise<Viewer> => ({
    caller: await callerOf(session),
    control,
    permissions,
  });

  return {
    mayAct,
    act(session) {
      if (mayAct(session)) return;
      throw new StoreError(mayNotAct(id, session));
    },
    callerOf,
    viewer,
    onlooker(state, permissions) {
      let { metadata } = state();
      let caller = callerIn(state());
      return {
        control,
        permissions,
        get caller() {
          const now = state();
          if (now.metadata !== metadata) caller = callerIn(now);
          metadata = now.metadata;
          return caller;
        },
      };
    },
    async may({ caller, control: judge }, { owner, id: variableId }, permission) {
      const { state } = (await sessions.live(owner)).runtime;
      const variable = state.variables.get(variableId);
      const judging = { caller, control: judge, permission, atMs: sessions.now() };
      return variable !== undefined && judgeAccess(state, variable, judging).allowed;
    },
    async visit({ session, owner, refs, permissions }, use) {
      const visitor = await viewer(session, permissions);
      try {
        return await use(createGuardedSessions(sessions, visitor), visitor);
      } catch (error) {
        throw await toldTo(error, { sessions, viewer: visitor, owner, refs });
      }
    },
  };
}
