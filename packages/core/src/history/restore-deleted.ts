import { noPermissions } from "../access/access-rule.ts";
import type { CommandOf, DecideContext } from "../command.ts";
import type { SessionEvent } from "../commit.ts";
import { decideRegister } from "../decide-register.ts";
import { stampedChange } from "../decide-variable.ts";
import { accept, type Decision } from "../decision.ts";
import { checkNewEdge, dependencyAdded } from "../dependency/decide-dependency.ts";
import type { Dependency } from "../dependency/dependency.ts";
import { unknownType } from "../encode-value.ts";
import { applyEvent } from "../evolve.ts";
import { nextCommit } from "../next-commit.ts";
import type { Parsed } from "../parse-value.ts";
import type { Value } from "../payload.ts";
import { draftOf, type SessionState } from "../session-state.ts";
import type { Variable } from "../variable.ts";

/** Says whether a variable of the past is there: in data of before, an import may have given its id to one of another type. */
export const isStillThere = (state: SessionState, { id, type }: Variable): boolean =>
  state.variables.get(id)?.type === type;

/** What a rollback brings back, beside what it has decided already. */
interface Restoring {
  /** What happens before anything is restored, so that a name may be free by then. */
  readonly events: readonly SessionEvent[];
  readonly past: readonly Variable[];
  /** Every dependency that there was. */
  readonly dependencies: readonly Dependency[];
  /** Restore access rules too. */
  readonly permissions: boolean;
}

/**
 * Registers variables of the past again that are not there any more, under new ids: with what they depended on, as far as
 * that is there, and derived where they were. Gives no events but those.
 */
export function restoreDeleted(
  state: SessionState,
  { events: before, past, dependencies, permissions }: Restoring,
  context: DecideContext,
): Decision {
  const commit = nextCommit(state, { steps: [] }, context);
  let draft = draftOf(state);
  for (const event of before) draft = applyEvent(draft, event, commit);
  const events: SessionEvent[] = [];
  const add = (event: SessionEvent): void => {
    events.push(event);
    draft = applyEvent(draft, event, commit);
  };
  const newIds = new Map<string, string>();
  for (const variable of past) {
    if (isStillThere(draft, variable)) continue;
    const spec = specOf(variable, permissions, context);
    if (spec.kind === "refused") return spec;
    const decision = decideRegister(draft, { kind: "register-variable", spec: spec.value }, context);
    if (decision.kind === "refused") return decision;
    for (const event of decision.events) {
      if (event.kind === "variable-registered") newIds.set(variable.id, event.id);
      add(event);
    }
  }
  for (const { variable, dependsOn, kind, metadata } of dependencies) {
    const from = newIds.get(variable);
    const to = newIds.get(dependsOn) ?? dependsOn;
    if (from === undefined || !draft.variables.has(to)) continue;
    const wrong = checkNewEdge(draft, from, to, context);
    if (wrong !== undefined) return { kind: "refused", refusal: wrong };
    add(dependencyAdded(from, to, kind, metadata));
  }
  // What is derived follows once everything is there.
  for (const { id, derivation } of past) {
    const ordinary = draft.variables.get(newIds.get(id) ?? "");
    if (ordinary === undefined || derivation === undefined) continue;
    add({ kind: "variable-changed", variable: stampedChange({ ...ordinary, derivation }, state, context) });
  }
  return accept(...events);
}

function specOf(
  { name, type: typeName, payload, constraints, description, metadata, readOnly, ...rest }: Variable,
  permissions: boolean,
  { types }: DecideContext,
): Parsed<CommandOf<"register-variable">["spec"]> {
  const type = types.get(typeName);
  if (type === undefined) return { kind: "refused", refusal: unknownType(typeName) };
  // Every form that its type gives is one that it takes.
  const value = type.decode(payload) as Value;
  const { rules } = rest.permissions ?? noPermissions;
  // What was shared is not shared again unsaid, and what was kept from somebody stays so.
  const accessRules = permissions ? rules : rules.filter(({ effect }) => effect === "deny");
  const surroundings = { constraints, description, metadata, readOnly, accessRules };
  return {
    kind: "parsed",
    value: { name, type: typeName, value, ...surroundings, sensitive: rest.sensitive ?? false },
  };
}
