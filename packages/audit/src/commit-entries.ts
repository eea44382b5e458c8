import type { AuditEntry, Commit, SessionEvent } from "@trimtab/core";

/** An entry that has no place in the record yet. */
export type AuditDraft = Omit<AuditEntry, "id">;

/** What events say of a variable: which, and its versions before and after. */
type Subject = Pick<AuditEntry, "variableId" | "variableName" | "oldVersion" | "newVersion">;

const session: Subject = { variableId: "", variableName: "" };

/** Gives the entries that a commit makes: one for each variable that it changes, and one for all else that it does. */
export function entriesOfCommit(commit: Commit): AuditDraft[] {
  const subjects = commit.events.flatMap((event) => subjectOf(event) ?? []);
  const told = subjects.length > 0 ? subjects : [session];
  const { via } = commit;
  const { address = "", userAgent = "", protocol = via === undefined ? "in-process" : "" } = via ?? {};
  return told.map((subject) => ({
    recordedAtMs: commit.atMs,
    session: commit.session,
    callerSession: via?.session ?? commit.session,
    actor: commit.actor,
    principal: via?.principal ?? "",
    origin: commit.origin,
    peer: { address, userAgent, protocol },
    action: via?.action ?? actionOf(commit),
    revision: commit.revision,
    outcome: "succeeded",
    ...(commit.requestId !== undefined && { requestId: commit.requestId }),
    ...subject,
  }));
}

/** The variable that an event changes; none for what befalls a session, or only follows from a change. */
function subjectOf(event: SessionEvent): Subject | undefined {
  switch (event.kind) {
    case "variable-registered":
      return { variableId: event.id, variableName: event.name, newVersion: 0 };
    case "variable-set":
      return { ...named(event), oldVersion: event.version - 1, newVersion: event.version };
    case "variable-changed":
      return { ...named(event.variable), oldVersion: event.variable.version, newVersion: event.variable.version };
    case "variable-deleted":
      return { ...named(event), oldVersion: event.version };
    case "variable-imported":
      return { ...named(event.variable), newVersion: event.variable.version };
    default:
      return undefined;
  }
}

const named = ({ id, name }: { readonly id: string; readonly name: string }) => ({
  variableId: id,
  variableName: name,
});

/** What a commit does that came by no call: its first event, in the style of calls. */
function actionOf({ events }: Commit): string {
  const [first] = events;
  const words = (first?.kind ?? "").split("-");
  return words.map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`).join("");
}
