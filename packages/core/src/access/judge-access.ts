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
 * Whether what a variable holds is to be kept from those who may not read it: it says so itself or in its metadata, or it
 * comes from something that does.
 */
export const isSensitive = (state: Pick<SessionState, "variables" | "dependencies">, variable: Variable): boolean =>
  saysSensitive(variable) || (variable.derivation !== undefined && behind(state, variable).some(saysSensitive));

const saysSensitive = ({ sensitive, metadata }: Variable): boolean =>
  sensitive === true || metadata["sensitive"] === true;

/** Everything that a derived variable's value comes from, over however many others. */
function behind(
  { variables, dependencies }: Pick<SessionState, "variables" | "dependencies">,
  variable: Variable,
): Variable[] {
  const found = new Map<string, Variable>();
  const open = [variable];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const { dependsOn } of next.derivation === undefined ? [] : dependencies.dependenciesOf(next.id)) {
      const source = variables.get(dependsOn);
      if (source === undefined || found.has(dependsOn)) continue;
      found.set(dependsOn, source);
      open.push(source);
    }
  }
  return [...found.values()];
}

/**
 * The refusal of what no rule allows. It is the same whether or not what was asked for exists, and whatever its value.
 */
export const accessDenied = (ref: string, caller: Caller, permission: string): Refusal<"access_denied"> =>
  refusal("access_denied", `session ${caller.session} has no ${permission} access to ${ref}`, {
    session: caller.session,
    permission,
  });
