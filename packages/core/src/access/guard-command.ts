import type { Command, DecideContext } from "../command.ts";
import type { SessionEvent } from "../commit.ts";
import type { Decision } from "../decision.ts";
import { withoutValue } from "../encode-value.ts";
import { unknownVariable } from "../find-variable.ts";
import { findVariable, type SessionState } from "../session-state.ts";
import { type Refusal, refusal } from "../store-error.ts";
import type { Variable } from "../variable.ts";
import type { AccessGrant } from "./access-grant.ts";
import type { AccessRule, Permission } from "./access-rule.ts";
import { type Need, needsOf } from "./command-needs.ts";
import { accessDenied, judgeAccess } from "./judge-access.ts";

/** How a session looks to a caller that does not own it. */
export interface Guard {
  /** Whether it has a permission on a variable; not where there is no such variable. */
  may(ref: string, permission: Permission): boolean;
  /** What lets it have a permission on a variable; `undefined` where nothing does. */
  grantOf(need: Need): AccessGrant | "no rule" | undefined;
  /** The refusal of a ref: `not_found` only where the caller may read whatever the session may have. */
  refuse(need: Need): Refusal;
}

/** The guard of a session against the caller of a write; none where the caller owns it or nobody asks. */
export function guardOf(
  state: SessionState,
  { access, atMs }: Pick<DecideContext, "access" | "atMs">,
): Guard | undefined {
  if (access === undefined || access.caller.session === state.id) return undefined;
  const { caller, control } = access;
  const rules = { owner: state.id, sessionRules: state.permissions.rules };
  return {
    may(ref, permission) {
      const variable = findVariable(state, ref);
      return variable !== undefined && judgeAccess(state, variable, { caller, control, permission, atMs }).allowed;
    },
    grantOf({ ref, permission }) {
      const variable = findVariable(state, ref);
      if (variable === undefined) return undefined;
      const { allowed, rule } = judgeAccess(state, variable, { caller, control, permission, atMs });
      if (!allowed) return undefined;
      return rule === undefined ? "no rule" : toGrant(variable, permission, rule);
    },
    refuse({ ref, permission }) {
      const isKnown = findVariable(state, ref) !== undefined;
      const mayKnow = !isKnown && control.authorize({ caller, permission: "read", ...rules, atMs }).allowed;
      return mayKnow ? unknownVariable(ref) : accessDenied(`${state.id}/${ref}`, caller, permission);
    },
  };
}

const keyOf = (permission: Permission, variable: string): string => `${permission} ${variable}`;

const toGrant = (variable: Variable, permission: Permission, rule: AccessRule): AccessGrant => ({
  variable: variable.id,
  name: variable.name,
  permission,
  rule: rule.id,
  sessionWide: variable.permissions?.rules.includes(rule) !== true,
});

/** Decides a command as `decideFreely` does where its caller may do all of it, and says no more than the caller may know. */
export function decideGuarded(
  guard: Guard,
  state: SessionState,
  { command, context, decideFreely }: { command: Command; context: DecideContext; decideFreely: () => Decision },
): Decision {
  const needs = needsOf(command, state, context);
  if (needs === "owner") return denied(guard, state, command);
  const granted = new Map<string, AccessGrant>();
  for (const need of needs) {
    const grant = guard.grantOf(need);
    if (grant === undefined) return { kind: "refused", refusal: guard.refuse(need) };
    if (grant !== "no rule") granted.set(keyOf(need.permission, grant.variable), grant);
  }
  const decision = decideFreely();
  if (decision.kind === "refused") {
    const told = conceal(guard, decision.refusal);
    // A value that is being set is its caller's own; any other is one that the variable has or had.
    return { kind: "refused", refusal: command.kind === "set-variable" ? told : withoutHidden(guard, told) };
  }
  // What is to be deleted along with something else takes the same permission.
  for (const event of decision.events) {
    const wanted = needsOfEvent(event);
    if (wanted === "owner") return denied(guard, state, command);
    for (const need of wanted) {
      if (granted.has(keyOf(need.permission, need.ref))) continue;
      const grant = guard.grantOf(need);
      if (grant === undefined) return { kind: "refused", refusal: guard.refuse(needs[0] ?? need) };
      if (grant !== "no rule") granted.set(keyOf(need.permission, grant.variable), grant);
    }
  }
  const kept = command.kind === "delete-variable" ? checkDeletion(state, command.ref, decision.events) : undefined;
  if (kept !== undefined) return { kind: "refused", refusal: kept };
  return granted.size === 0 ? decision : { ...decision, grants: [...granted.values()] };
}

/** What is read-only is deleted by its own session alone. What goes along with the variable is not named: it may be hidden. */
function checkDeletion(state: SessionState, ref: string, events: readonly SessionEvent[]): Refusal | undefined {
  const isReadOnly = (id: string) => state.variables.get(id)?.readOnly === true;
  const kept = events.find((event) => event.kind === "variable-deleted" && isReadOnly(event.id));
  if (kept?.kind !== "variable-deleted") return undefined;
  const what = kept.id === findVariable(state, ref)?.id ? "is" : "would take something with it that is";
  const message = `${ref} ${what} read-only, which only session ${state.id} may delete`;
  return refusal("read_only", message, { variable: ref });
}

function denied(guard: Guard, { id }: SessionState, command: Command): Decision {
  if (command.kind === "set-variable-permissions") {
    const message = `only session ${id} may set the access rules of ${command.ref}`;
    return { kind: "refused", refusal: refusal("not_owner", message, { session: id, variable: command.ref }) };
  }
  const ref = "ref" in command ? command.ref : command.kind;
  return { kind: "refused", refusal: guard.refuse({ ref, permission: "write" }) };
}

function needsOfEvent(event: SessionEvent): "owner" | readonly Need[] {
  switch (event.kind) {
    case "variable-set":
    case "variable-deleted":
      return [{ ref: event.id, permission: "write" }];
    case "variable-changed":
      return [{ ref: event.variable.id, permission: "write" }];
    case "dependency-added":
      return [
        { ref: event.variable, permission: "write" },
        { ref: event.dependsOn, permission: "read" },
      ];
    case "dependency-removed":
      return [{ ref: event.variable, permission: "write" }];
    case "staleness-changed":
    case "dependency-changed":
    case "optimization-started":
    case "optimization-reported":
    case "lease-renewed":
    case "optimization-ended":
      return [];
    default:
      return "owner";
  }
}

/** A refusal that tells no value of a variable which its caller may not read. */
function withoutHidden(guard: Guard, refused: Refusal): Refusal {
  if (refused.reason !== "constraint_violation" && refused.reason !== "validation_failed") return refused;
  const { field } = refused.details;
  return guard.may(field, "read") ? refused : withoutValue(refused, field);
}

/** A refusal without what its caller may not know: names, values and rules of what it may not read. */
export function conceal(guard: Guard, refused: Refusal): Refusal {
  const readable = (refs: readonly string[]) => refs.filter((ref) => guard.may(ref, "read"));
  const items = refused.items && new Map(Array.from(refused.items, ([key, item]) => [key, conceal(guard, item)]));
  const told = withoutNames(guard, refused, readable);
  return items === undefined ? told : { ...told, items };
}

function withoutNames(
  guard: Guard,
  refused: Refusal,
  readable: (refs: readonly string[]) => readonly string[],
): Refusal {
  switch (refused.reason) {
    case "not_found":
      return refused.details.resource === "variable"
        ? guard.refuse({ ref: refused.details.id, permission: "read" })
        : refused;
    case "has_dependents": {
      const { variable, dependents } = refused.details;
      const message = `${variable} cannot be deleted: something depends on it`;
      return refusal("has_dependents", message, { variable, dependents: readable(dependents) });
    }
    case "rule_violation":
      return refusal("rule_violation", "a rule of the session would not hold", { rule: "", variables: [] });
    case "would_create_cycle":
      return refusal("would_create_cycle", "it would depend on itself", { cycle: readable(refused.details.cycle) });
    case "unmet_dependencies": {
      const { variable, dependencies } = refused.details;
      const message = `${variable} needs what it depends on`;
      return refusal("unmet_dependencies", message, { variable, dependencies: readable(dependencies) });
    }
    default:
      return refused;
  }
}
