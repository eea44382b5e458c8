import {
  type AccessControl,
  accessDenied,
  type Caller,
  type ErrorCode,
  findVariable,
  isStoreError,
  judgeAccess,
  type Permission,
  type Refusal,
  type SessionState,
  StoreError,
  unknownVariable,
  type Variable,
  type WriteVia,
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
  const cameBy = viaOf(caller);
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
      tick: () => runtime.tick(),
      close: () => runtime.close(),
    };
    return { ...session, runtime: guarded };
  };
  return {
    ...sessions,
    live: async (id) => shown(await sessions.live(id)),
    access: (id, use) => sessions.access(id, (session) => use(shown(session))),
    write: (id, commands, options) =>
      sessions.write(id, commands, { ...options, via: options.via ?? cameBy, access: { caller, control } }),
  };
}

/** What is to be remembered of a caller in this process: who it is. */
const viaOf = ({ principal, session }: Caller): WriteVia => ({
  principal,
  session,
  action: "",
  address: "",
  userAgent: "",
  protocol: "",
});

const showTo = (state: SessionState, { permissions, caller, control }: Viewer, atMs: number): SessionState =>
  shownState(state, { caller, control, atMs, permissions });

/** What a caller does with another session: the variables or the optimization that it names there. */
export interface Visited {
  readonly sessions: Sessions;
  readonly viewer: Viewer;
  readonly owner: string;
  readonly refs: readonly string[];
}

/** The refusal of whoever may do nothing with anything it names, whether the session is there or not; `undefined` for others. */
export async function refusedStranger({ sessions, viewer, owner, refs }: Visited): Promise<StoreError | undefined> {
  const { caller, control, permissions } = viewer;
  const state = await stateOf(sessions, owner);
  const judging = { caller, control, atMs: sessions.now() };
  const mayUse = (variable: Variable | undefined) =>
    state !== undefined &&
    variable !== undefined &&
    permissions.some((each) => judgeAccess(state, variable, { ...judging, permission: each }).allowed);
  if (state !== undefined) {
    const sessionRules = state.permissions.rules;
    if (control.authorize({ ...judging, permission: "read", owner, sessionRules }).allowed) return undefined;
    const variables = refs.flatMap((ref) => state.optimizations.get(ref)?.variables ?? [ref]);
    if (variables.some((ref) => mayUse(findVariable(state, ref)))) return undefined;
  }
  return new StoreError(denialOf({ viewer, owner, refs }));
}

/** What a stranger is told: of each ref, where there are several. */
function denialOf({ viewer: { caller, permissions }, owner, refs }: Omit<Visited, "sessions">): Refusal {
  const [permission = "read"] = permissions;
  const each = refs.map((ref) => [ref, accessDenied(`${owner}/${ref}`, caller, permission)] as const);
  const [[, first] = ["", accessDenied(owner, caller, permission)]] = each;
  return each.length > 1 ? { ...first, items: new Map(each) } : first;
}

/** Refusals that speak of what there is, unlike those of a store that is too busy to say. */
const speaking: readonly ErrorCode[] = [
  "invalid_argument",
  "not_found",
  "already_exists",
  "permission_denied",
  "failed_precondition",
  "aborted",
  "out_of_range",
  // Where rules cannot be read nobody is let in by them, and a stranger is not told of what cannot be read.
  "data_loss",
];

const stateOf = (sessions: Sessions, id: string): Promise<SessionState | undefined> =>
  sessions.live(id).then(
    ({ runtime }) => runtime.state,
    () => undefined,
  );

/**
 * Turns what went wrong into what the caller may know of it: that something is not there only where it may read whatever
 * the session has.
 */
export async function toldTo(error: unknown, visited: Visited): Promise<unknown> {
  if (!isStoreError(error) || !speaking.includes(error.code)) return error;
  // Nearly every refusal is this one already.
  const denial = denialOf(visited);
  if (visited.refs.length === 1 && error.items.size === 0 && error.message === denial.message) return error;
  const stranger = await refusedStranger(visited);
  if (stranger !== undefined) return stranger;
  if (!isStoreError(error, "not_found") || error.details.resource !== "variable") return error;
  const { sessions, viewer, owner } = visited;
  const { caller, control, permissions } = viewer;
  const [permission = "read"] = permissions;
  const ref = error.details.id;
  const state = await stateOf(sessions, owner);
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
