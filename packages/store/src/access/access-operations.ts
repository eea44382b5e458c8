import {
  type AccessCheck,
  type AccessControl,
  type AccessibleVariable,
  accessPermissions,
  type Caller,
  findVariable,
  isStoreError,
  judgeAccess,
  type Limits,
  type ListAccessibleOptions,
  noPermissions,
  type Permission,
  parseRecord,
  parseVariableRef,
  readPattern,
  type SessionPoint,
  type SessionState,
  type Store,
  StoreError,
  type SupposedCaller,
  storeError,
  unknownVariable,
  type ValueRecord,
} from "@trimtab/core";
import { pageAfter } from "../paging.ts";
import { revisionOf, stateAt } from "../past-states.ts";
import type { Sessions } from "../sessions.ts";
import { unlessDamaged } from "../unless-damaged.ts";
import { requireVariable } from "../variable-operations.ts";

type PermissionOperations = Pick<
  Store,
  "setVariablePermissions" | "getVariablePermissions" | "setSessionPermissions" | "getSessionPermissions"
>;

/** Access rules, for the session that owns what they are about. */
export function createPermissionOperations(sessions: Sessions): PermissionOperations {
  const stateOf = <T>(session: string, at: SessionPoint | undefined, read: (state: SessionState) => T) =>
    sessions.access(session, async ({ runtime }) =>
      read(
        at === undefined ? runtime.state : await stateAt(runtime, sessions.snapshots, await revisionOf(runtime, at)),
      ),
    );
  return {
    async setVariablePermissions(session, ref, rules, { expectedRevision, ...by } = {}) {
      const expecting = expectedRevision === undefined ? {} : { expectedRevision };
      const command = { kind: "set-variable-permissions", ref, rules, ...expecting } as const;
      const { revision, commit } = await sessions.write(session, [command], by);
      const [event] = commit?.events ?? [];
      const permissions = event?.kind === "variable-changed" ? event.variable.permissions : undefined;
      return { session, revision, permissions: permissions ?? noPermissions };
    },
    getVariablePermissions: (session, ref, { at } = {}) =>
      stateOf(session, at, (state) => requireVariable(state, ref).permissions ?? noPermissions),
    async setSessionPermissions(session, rules, { expectedRevision, ...by } = {}) {
      const expecting = expectedRevision === undefined ? {} : { expectedRevision };
      const command = { kind: "set-session-permissions", rules, ...expecting } as const;
      const { revision, commit } = await sessions.write(session, [command], by);
      const [event] = commit?.events ?? [];
      const set = event?.kind === "session-permissions-set" ? event.rules : noPermissions.rules;
      const { atMs: updatedAtMs = 0, actor: updatedBy = "" } = commit ?? {};
      return { session, revision, permissions: { rules: set, revision, updatedAtMs, updatedBy } };
    },
    getSessionPermissions: (session, { at } = {}) => stateOf(session, at, (state) => state.permissions),
  };
}

/** Questions that one call may ask. */
const maxQuestions = 1000;

/** How a session is seen that calls, or that is asked about. */
export interface CallerViews {
  /** The caller that a session is; rejects where that is not there, or may not be acted as. */
  callerOf(session: string): Promise<Caller>;
  /** Whether what a session says of itself may be used to explain what it may do. */
  mayExplain(session: string): boolean;
}

/** Answers who may do what. */
export function createAccessQuestions(
  sessions: Sessions,
  { callerOf, mayExplain }: CallerViews,
): Pick<Store, "checkAccess" | "checkAccesses" | "listAccessible" | "explainAccess"> {
  const check = async (caller: Caller, { ref, permission }: AccessCheck): Promise<boolean> => {
    const target = parseVariableRef(caller.session, ref);
    const state = await stateOf(sessions, target.owner).catch(unlessDamaged);
    const variable = state === undefined ? undefined : findVariable(state, target.ref);
    if (state === undefined || variable === undefined) return false;
    if (target.owner === caller.session) return true;
    const judging = { caller, control: controlOf(sessions), permission, atMs: sessions.now() };
    return judgeAccess(state, variable, judging).allowed;
  };
  return {
    async checkAccess(session, ref, permission) {
      checkPermission(permission, "permission");
      const allowed = await check(await callerOf(session), { ref, permission });
      // Of its own variables a session has every permission, so that this one is not there.
      if (!allowed && parseVariableRef(session, ref).owner === session) throw new StoreError(unknownVariable(ref));
      return allowed;
    },
    async checkAccesses(session, questions) {
      if (questions.length > maxQuestions) {
        const details = { field: "questions", limit: maxQuestions, value: questions.length };
        throw storeError("limit_exceeded", `one call may ask ${maxQuestions} questions, not ${details.value}`, details);
      }
      for (const [index, { permission }] of questions.entries()) {
        checkPermission(permission, `questions[${index}].permission`);
      }
      const caller = await callerOf(session);
      const answers: boolean[] = [];
      for (const question of questions) answers.push(await check(caller, question));
      return answers;
    },
    async listAccessible(session, options = {}) {
      if (options.permission !== undefined) checkPermission(options.permission, "permission");
      const found = await accessibleTo(await callerOf(session), sessions, options);
      return pageAfter(found, options, ({ owner, name }) => [owner, name]);
    },
    explainAccess: (session, ref, { permission, subject, caller: supposed }) =>
      sessions.access(session, async ({ runtime: { state } }) => {
        checkPermission(permission, "permission");
        const variable = requireVariable(state, ref);
        // What a session says of itself is for it alone, and would show in which rules match.
        const isKnown =
          supposed === undefined && mayExplain(subject) && (await stateOf(sessions, subject)) !== undefined;
        const caller = isKnown ? await callerOf(subject) : suppose(subject, supposed, sessions.limits);
        const control = controlOf(sessions);
        const judging = { caller, control, permission, atMs: sessions.now() };
        const question = { ...judging, owner: session, variable, sessionRules: state.permissions.rules };
        return { ...judgeAccess(state, variable, judging), verdicts: control.explain(question) };
      }),
  };
}

/** Roles that a caller can be supposed to have. */
const maxRoles = 1000;

function suppose(session: string, supposed: SupposedCaller = {}, limits: Limits): Caller {
  const { principal = "", roles = [] } = supposed;
  if (roles.length > maxRoles) {
    const details = { field: "caller.roles", limit: maxRoles, value: roles.length };
    throw storeError(
      "limit_exceeded",
      `caller.roles: at most ${maxRoles} can be supposed, not ${roles.length}`,
      details,
    );
  }
  const attributes = parseRecord(supposed.attributes, "caller.attributes", limits.metadataBytes);
  if (attributes.kind === "refused") throw new StoreError(attributes.refusal);
  return { session, principal, attributes: attributes.value, roles };
}

/** A session's state, where it is there. */
async function stateOf(sessions: Sessions, id: string): Promise<SessionState | undefined> {
  try {
    return (await sessions.live(id)).runtime.state;
  } catch (error) {
    if (isStoreError(error) && ["session_not_found", "session_expired", "invalid_argument"].includes(error.reason)) {
      return undefined;
    }
    throw error;
  }
}

/** Gives what judges access in a store; throws `unimplemented` where nothing does. */
export function controlOf({ control }: Sessions): AccessControl {
  if (control !== undefined) return control;
  const message =
    "nothing judges access here: this store was made without `access`, such as createAccessControl of @trimtab/access-control";
  throw storeError("unimplemented", message, { feature: "access control" });
}

function checkPermission(permission: Permission, field: string): void {
  if (accessPermissions.includes(permission)) return;
  const message = `${field} must be one of ${accessPermissions.join(", ")}, got ${String(permission)}`;
  throw storeError("invalid_argument", message, { field, value: String(permission) });
}

/** Looks only at what is shared at all: all of a session that has rules for all, and what has rules of its own. */
async function accessibleTo(
  caller: Caller,
  sessions: Sessions,
  { permission, ownerPattern, pattern }: ListAccessibleOptions,
): Promise<AccessibleVariable[]> {
  const isOwner = readPattern(ownerPattern, "ownerPattern");
  const isNamed = readPattern(pattern);
  const control = controlOf(sessions);
  const atMs = sessions.now();
  const found: AccessibleVariable[] = [];
  for (const { summary } of await sessions.all()) {
    const { id: owner, accessRevision } = summary;
    const state =
      accessRevision > 0 && owner !== caller.session && isOwner(owner)
        ? await stateOf(sessions, owner).catch(unlessDamaged)
        : undefined;
    if (state === undefined) continue;
    const ids = state.permissions.rules.length > 0 ? state.variables.keys() : state.shared.keys();
    for (const id of ids) {
      const variable = state.variables.get(id);
      if (variable === undefined || !isNamed(variable.name)) continue;
      const permissions = accessPermissions.filter(
        (each) => judgeAccess(state, variable, { caller, control, permission: each, atMs }).allowed,
      );
      if (permission === undefined ? permissions.length === 0 : !permissions.includes(permission)) continue;
      found.push({ owner, id, name: variable.name, permissions });
    }
  }
  return found;
}

/** A session that calls where nobody asks who is behind it. */
export const unnamedCaller = (session: string, attributes: ValueRecord): Caller => ({
  session,
  principal: "",
  attributes,
  roles: [],
});
