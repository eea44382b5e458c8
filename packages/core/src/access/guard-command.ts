import type { Command, DecideContext } from "../command.ts";
import type { SessionEvent } from "../commit.ts";
import type { Decision } from "../decision.ts";
import { unknownVariable } from "../find-variable.ts";
import { findVariable, type SessionState } from "../session-state.ts";
import { type Refusal, refusal } from "../store-error.ts";
import type { Permission } from "./access-rule.ts";
import { type Need, needsOf } from "./command-needs.ts";
import { accessDenied, judgeAccess } from "./judge-access.ts";

/** How a session looks to a caller that does not own it. */
export interface Guard {
  /** Whether it has a permission on a variable; not where there is no such variable. */
  may(ref: string, permission: Permission): boolean;
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
    refuse({ ref, permission }) {
      const isKnown = findVariable(state, ref) !== undefined;
      const mayKnow = !isKnown && control.authorize({ caller, permission: "read", ...rules, atMs }).allowed;
      return mayKnow ? unknownVariable(ref) : accessDenied(`${state.id}/${ref}`, caller, permission);
    },
  };
}

/** Decides a command as `decideFreely` does where its caller may do all of it, and says no more than the caller may know. */
export function decideGuarded(
  guard: Guard,
  state: SessionState,
  { command, context, decideFreely }: { command: Command; context: DecideContext; decideFreely: () => Decision },
): Decision {
  const needs = needsOf(command, state, context);
  if (needs === "owner") return denied(guard, state, command);
  const lacking = needs.find(({ ref, permission }) => !guard.may(ref, permission));
  if (lacking !== undefined) return { kind: "refused", refusal: guard.refuse(lacking) };
  const decision = decideFreely();
  if (decision.kind === "refused") return { kind: "refused", refusal: conceal(guard, decision.refusal) };
  // What is to be deleted along with something else takes the same permission.
  for (const event of decision.events) {
    const wanted = needsOfEvent(event);
    if (wanted === "owner") return denied(guard, state, command);
    const missing = wanted.find(({ ref, permission }) => !guard.may(ref, permission));
    if (missing !== undefined) return { kind: "refused", refusal: guard.refuse(needs[0] ?? missing) };
  }
  return decision;
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
