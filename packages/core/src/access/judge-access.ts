import { behind } from "../sensitivity.ts";
import type { SessionState } from "../session-state.ts";
import { type Refusal, refusal } from "../store-error.ts";
import type { Variable } from "../variable.ts";
import type { AccessAnswer, AccessControl } from "./access-control.ts";
import type { Permission } from "./access-rule.ts";
import type { Caller } from "./principal.ts";

/** Who is judged, by what, and when. */
export interface Judging {
  readonly caller: Caller;
  readonly control: AccessControl;
  readonly atMs: number;
}

type Shared = Pick<SessionState, "id" | "variables" | "dependencies" | "permissions">;

/**
 * Says whether a caller has a permission on a variable of a session as it stands. Whoever may see a derived value could
 * work out what it comes from, so that reading or observing it takes the same permission on everything behind it.
 */
export function judgeAccess(
  state: Shared,
  variable: Variable,
  { permission, ...judging }: Judging & { readonly permission: Permission },
): AccessAnswer {
  const answer = authorize(state, variable, permission, judging);
  const shows = permission === "read" || permission === "observe";
  if (!answer.allowed || answer.basis === "owner" || !shows || variable.derivation === undefined) return answer;
  return behind(state, variable).every((source) => authorize(state, source, permission, judging).allowed)
    ? answer
    : { allowed: false, basis: "dependency" };
}

const authorize = (
  { id, permissions }: Shared,
  variable: Variable,
  permission: Permission,
  { caller, control, atMs }: Judging,
): AccessAnswer => {
  // Nobody else ever owns what a session holds, and no rule takes that away.
  if (caller.session === id) return { allowed: true, basis: "owner" };
  return control.authorize({ caller, permission, owner: id, variable, sessionRules: permissions.rules, atMs });
};

/**
 * The refusal of what no rule allows. It is the same whether or not what was asked for exists, and whatever its value.
 */
export const accessDenied = (ref: string, caller: Caller, permission: string): Refusal<"access_denied"> =>
  refusal("access_denied", `session ${caller.session} has no ${permission} access to ${ref}`, {
    session: caller.session,
    permission,
  });

/** The refusal of a principal that may not act as a session, whether or not that is there. */
export const mayNotAct = (principal: string, session: string): Refusal<"access_denied"> =>
  refusal("access_denied", `${principal || "the caller"} may not act as session ${session}`, {
    session,
    permission: "act",
  });
