import {
  type AccessControl,
  accessDenied,
  type Caller,
  findVariable,
  isStoreError,
  judgeAccess,
  type Permission,
  type SessionState,
  StoreError,
  unknownVariable,
} from "@trimtab/core";
import type { SessionRuntime } from "../session-runtime.ts";
import type { LoadedSession } from "../session-table.ts";
import type { Sessions } from "../sessions.ts";
import { shownState } from "./shown-state.ts";

/** Who looks at another session, and what for. */
export interface Viewer {
  readonly caller: Caller;
  readonly control: AccessControl;
  /** Variables on which the caller has one of these are there for it. */
  readonly permissions: readonly Permission[];
}

/**
 * The sessions of a store as a caller finds those that are not its own: reads see what it may, writes are authorised where
 * they are decided, and what is not there looks like what is not allowed.
 */
export function createGuardedSessions(sessions: Sessions, viewer: Viewer): Sessions {
  const { caller, control } = viewer;
  const shown = (session: LoadedSession): LoadedSession => {
    const { runtime } = session;
    let shownOf: SessionState | undefined;
    let state: SessionState | undefined;
    // Written out, so that what a runtime has beside its state is passed on knowingly.
    const guarded: SessionRuntime = {
      get state() {
        // One look at a state is shown as one: what is judged is judged once.
        if (state === undefined || shownOf !== runtime.state || state.revision !== runtime.state.revision) {
          shownOf = runtime.state;
          state = showTo(shownOf, viewer, sessions.now());
        }
        return state;
      },
      get history() {
        return runtime.history;
      },
      get recent() {
        return runtime.recent;
      },
      get hub() {
        return runtime.hub;
      },
      get watchers() {
        return runtime.watchers;
      },
      log: runtime.log,
      idle: () => runtime.idle(),
      retain: (nowMs) => runtime.retain(nowMs),
      submit: (write) => runtime.submit(write),
      settled: () => runtime.settled(),
      close: () => runtime.close(),
    };
    return { ...session, runtime: guarded };
  };
  return {
    ...sessions,
    live: async (id) => shown(await sessions.live(id)),
    access: (id, use) => sessions.access(id, (session) => use(shown(session))),
    write: (id, commands, options) => sessions.write(id, commands, { ...options, access: { caller, control } }),
  };
}

const showTo = (state: SessionState, { permissions, caller, control }: Viewer, atMs: number): SessionState =>
  shownState(state, { caller, control, atMs, permissions });

/**
 * Turns what went wrong into what the caller may know of it: that something is not there only where it may read whatever
 * the session has.
 */
export async function toldTo(
  error: unknown,
  { sessions, viewer, owner }: { sessions: Sessions; viewer: Viewer; owner: string },
): Promise<unknown> {
  const { caller, control, permissions } = viewer;
  const [permission = "read"] = permissions;
  if (isStoreError(error, "session_not_found") || isStoreError(error, "session_expired")) {
    return new StoreError(accessDenied(owner, caller, permission));
  }
  if (!isStoreError(error, "not_found") || error.details.resource !== "variable") return error;
  const ref = error.details.id;
  const state = await sessions.live(owner).then(
    ({ runtime }) => runtime.state,
    () => undefined,
  );
  const named = `${owner}/${ref}`;
  if (state === undefined) return new StoreError(accessDenied(named, caller, permission));
  const sessionRules = state.permissions.rules;
  const atMs = sessions.now();
  const variable = findVariable(state, ref);
  const mayKnow =
    variable === undefined
      ? control.authorize({ caller, permission: "read", owner, sessionRules, atMs }).allowed
      : permissions.some((each) => judgeAccess(state, variable, { caller, control, atMs, permission: each }).allowed);
  return new StoreError(mayKnow ? unknownVariable(named) : accessDenied(named, caller, permission));
}
