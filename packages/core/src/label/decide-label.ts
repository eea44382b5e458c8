import { checkName, checkText, checkWhole } from "../check-argument.ts";
import { checkExpectedRevision, checkRoom } from "../check-state.ts";
import type { CommandOf, DecideContext } from "../command.ts";
import { accept, type Decision } from "../decision.ts";
import { unknownRevision } from "../history/unknown-revision.ts";
import type { SessionState } from "../session-state.ts";
import { type Refusal, refusal } from "../store-error.ts";

/** Decides on a label: a new one, or a change to where it stands and what it says; protected ones stay where they are. */
export function decideSetLabel(
  state: SessionState,
  command: CommandOf<"set-label">,
  { limits }: DecideContext,
): Decision {
  const { name, revision = state.revision } = command;
  const before = state.labels.get(name);
  const wrong =
    checkName(name, "label", limits.nameLength) ??
    checkWhole(revision, "revision", 1) ??
    checkExpected(state, command) ??
    checkProtection(state, command) ??
    checkText(command.description, "description", limits.expressionLength) ??
    checkRoom(state.id, {
      of: "labels",
      one: "label",
      count: before === undefined ? state.labels.size : 0,
      limit: limits.labelsPerSession,
    });
  if (wrong !== undefined) return { kind: "refused", refusal: wrong };
  if (revision > state.revision) return { kind: "refused", refusal: unknownRevision(String(revision)) };
  const label = {
    name,
    revision,
    protected: command.protected ?? before?.protected ?? false,
    description: command.description ?? before?.description ?? "",
  };
  return accept({ kind: "label-set", label });
}

function checkExpected(state: SessionState, { name, expectedRevision: expected }: CommandOf<"set-label">) {
  const actual = state.labels.get(name)?.revision ?? 0;
  return checkExpectedRevision(state.id, { expected, actual, stands: `label ${name} stands on` });
}

function checkProtection(
  state: SessionState,
  { name, overrideProtection }: { name: string; overrideProtection?: boolean },
): Refusal | undefined {
  if (state.labels.get(name)?.protected !== true || overrideProtection === true) return undefined;
  return refusal("label_protected", `label ${name} is protected`, { label: name });
}

/** Decides on the end of a label, unless it is protected. */
export function decideDeleteLabel(state: SessionState, command: CommandOf<"delete-label">): Decision {
  const { name, allowMissing } = command;
  if (!state.labels.has(name)) return allowMissing ? accept() : { kind: "refused", refusal: unknownLabel(name) };
  const wrong = checkProtection(state, command);
  return wrong === undefined ? accept({ kind: "label-deleted", name }) : { kind: "refused", refusal: wrong };
}

/** The refusal of a name that no label has. */
export const unknownLabel = (name: string): Refusal<"not_found"> =>
  refusal("not_found", `Label '${name}' not found`, { resource: "label", id: name });
