import { noPermissions, type Permissions } from "../access/access-rule.ts";
import { withRules } from "../access/decide-permissions.ts";
import { checkExpectedRevision } from "../check-state.ts";
import type { CommandOf, DecideContext } from "../command.ts";
import type { SessionEvent } from "../commit.ts";
import { decideDelete } from "../decide-delete.ts";
import { stampedChange, variableSet } from "../decide-variable.ts";
import { accept, type Decision, refuse } from "../decision.ts";
import { encodeValue, unknownType } from "../encode-value.ts";
import { checkWritable, expectVariable } from "../find-variable.ts";
import { createGlob } from "../glob.ts";
import type { Parsed } from "../parse-value.ts";
import type { Payload } from "../payload.ts";
import { payloadEquals, valueEquals } from "../payload-equality.ts";
import type { SessionState } from "../session-state.ts";
import { type Refusal, refusal } from "../store-error.ts";
import type { Variable } from "../variable.ts";
import { isStillThere, restoreDeleted } from "./restore-deleted.ts";

/** Decides on giving one variable the value of an earlier version, as a new version. */
export function decideRollbackVariable(
  state: SessionState,
  command: CommandOf<"rollback-variable">,
  context: DecideContext,
): Decision {
  const found = expectVariable(state, command);
  if (found.kind === "refused") return found;
  const variable = found.value;
  const { id, version } = command;
  if (variable.id !== id) return { kind: "refused", refusal: versionNotFound(variable.name, version) };
  if (variable.derivation !== undefined) {
    const message = `${variable.name} is derived, so its value cannot be rolled back`;
    return refuse("cannot_rollback", message, { variable: variable.name });
  }
  const wrong = checkWritable(variable);
  if (wrong !== undefined) return { kind: "refused", refusal: wrong };
  if (version === variable.version) return accept();
  const payload = encodeAgain(variable, command.payload, context);
  if (payload.kind === "refused") return payload;
  return accept({ ...variableSet(variable, payload.value), rolledBackTo: version });
}

/** The refusal of a version that is no longer kept or never was. */
export const versionNotFound = (variable: string, version: number): Refusal<"version_not_found"> =>
  refusal("version_not_found", `${variable} has no version ${version} in its history`, { variable, version });

/** Asks a variable's type whether it still takes a value that it once took. */
function encodeAgain(variable: Variable, past: Payload, context: DecideContext): Parsed<Payload> {
  const type = context.types.get(variable.type);
  if (type === undefined) return { kind: "refused", refusal: unknownType(variable.type) };
  return encodeValue(variable, type.decode(past), context);
}

/** Decides on giving variables what they were at an earlier revision, as new versions in one commit. */
export function decideRollbackSession(
  state: SessionState,
  command: CommandOf<"rollback-session">,
  context: DecideContext,
): Decision {
  const wrong = checkExpectedRevision(state.id, {
    expected: command.expectedRevision,
    actual: state.revision,
    stands: `session ${state.id} is at`,
  });
  if (wrong !== undefined) return { kind: "refused", refusal: wrong };
  const matches = createGlob(command.pattern ?? "*");
  const past = command.past.filter(({ name }) => matches(name));
  const deleted = command.deleteNew === true ? deleteNew(state, command, matches) : accept();
  if (deleted.kind === "refused") return deleted;
  const events: SessionEvent[] = [...deleted.events];
  for (const variable of past) {
    const present = state.variables.get(variable.id);
    if (present === undefined || !isStillThere(state, variable)) continue;
    const what = {
      surroundings: command.restoreSurroundings === true,
      permissions: command.pastPermissions !== undefined,
    };
    const decision = takeBack(state, { present, past: variable, ...what }, context);
    if (decision.kind === "refused") return decision;
    events.push(...decision.events);
  }
  const { pastPermissions, pattern } = command;
  if (pastPermissions !== undefined && pattern === undefined && !sameRules(state.permissions, pastPermissions)) {
    events.push({ kind: "session-permissions-set", rules: pastPermissions.rules });
  }
  if (command.restoreDeleted !== true) return accept(...events);
  const { pastDependencies: dependencies = [] } = command;
  const permissions = pastPermissions !== undefined;
  const restored = restoreDeleted(state, { events, past, dependencies, permissions }, context);
  return restored.kind === "refused" ? restored : accept(...events, ...restored.events);
}

/** Gives one variable the value that it had, and what surrounded it where that is asked for. */
function takeBack(
  state: SessionState,
  { present, past, surroundings, permissions }: { present: Variable; past: Variable } & What,
  context: DecideContext,
): Decision {
  const { description, metadata, constraints } = past;
  const surrounded = surroundings ? { ...present, description, metadata, constraints } : present;
  const isShared = permissions && !sameRules(present.permissions, past.permissions);
  const { rules } = past.permissions ?? noPermissions;
  const restored = isShared ? withRules(surrounded, rules, { state, context }) : surrounded;
  const events: SessionEvent[] = [];
  if (isShared || (surroundings && !sameSurroundings(present, past))) {
    events.push({ kind: "variable-changed", variable: stampedChange(restored, state, context) });
  }
  const isFree = !present.readOnly && present.derivation === undefined;
  if (isFree && !payloadEquals(present.payload, past.payload)) {
    const payload = encodeAgain(restored, past.payload, context);
    if (payload.kind === "refused") return payload;
    events.push({ ...variableSet(present, payload.value), rolledBackTo: past.version });
  } else if (events.length > 0 && present.derivation === undefined) {
    const payload = encodeAgain(restored, present.payload, context);
    if (payload.kind === "refused") return payload;
  }
  return accept(...events);
}

/** What is restored beside values. */
interface What {
  readonly surroundings: boolean;
  readonly permissions: boolean;
}

/** Lists that one commit set are the same list. */
const sameRules = (a: Permissions = noPermissions, b: Permissions = noPermissions): boolean =>
  a.revision === b.revision || (a.rules.length === 0 && b.rules.length === 0);

const sameSurroundings = (a: Variable, b: Variable): boolean =>
  a.description === b.description && valueEquals(a.metadata, b.metadata) && valueEquals(a.constraints, b.constraints);

function deleteNew(
  state: SessionState,
  { past }: CommandOf<"rollback-session">,
  matches: (name: string) => boolean,
): Decision {
  const known = new Set(past.filter((variable) => isStillThere(state, variable)).map(({ id }) => id));
  const doomed = new Map<string, Variable>();
  for (const variable of state.variables.values()) {
    if (!known.has(variable.id) && matches(variable.name)) doomed.set(variable.id, variable);
  }
  const { dependencies } = state;
  const events: SessionEvent[] = [];
  const order = [...doomed.values()].sort((a, b) => dependencies.heightOf(b.id) - dependencies.heightOf(a.id));
  for (const { id } of order) {
    const stays = [...dependencies.dependentsOf(id)].some(({ variable }) => !doomed.has(variable));
    const isNeeded = stays || state.rulesOf.hasFrom(id);
    // Where something that stays needs it, this refuses; otherwise what depends on it goes before it.
    const decision = decideDelete(state, { kind: "delete-variable", ref: id, cascade: !isNeeded });
    if (decision.kind === "refused") return decision;
    const own = decision.events.filter((event) => event.kind === "variable-deleted" && event.id === id);
    events.push(...own);
  }
  return accept(...events);
}
