import { type AccessGrant, type AuditEntry, type Commit, explained, type SessionEvent } from "@trimtab/core";
import { commitArguments } from "./argument-kinds.ts";

/** An entry that has no place in the record yet. */
export type AuditDraft = Omit<AuditEntry, "id">;

/** What events say of a variable: which, and its versions before and after. */
type Subject = Pick<AuditEntry, "variableId" | "variableName" | "oldVersion" | "newVersion">;

/** What decided. */
type Deciding = Pick<AuditEntry, "basis" | "permission" | "decidingRule">;

/** A subject, and the variable that was written where this one only follows from it. */
interface Change {
  readonly subject: Subject;
  readonly root?: string | undefined;
}

/**
 * Gives the entries that a commit makes: one for each variable that it changes, and one for all else that it does; that one
 * is made for each variable that a rule let the caller reach. Throws `invalid_argument` for what is no commit.
 */
export function entriesOfCommit(commit: Commit): AuditDraft[] {
  try {
    return draftsOf(commit);
  } catch (error) {
    throw explained(error, commitArguments, [commit]);
  }
}

function draftsOf(commit: Commit): AuditDraft[] {
  const changes = commit.events.flatMap((event) => changeOf(event) ?? []);
  const told = changes.length > 0 ? changes : reached(commit);
  const decidingOf = createDeciding(commit);
  const { via } = commit;
  return told.map(({ subject, root }) => ({
    recordedAtMs: commit.atMs,
    session: commit.session,
    callerSession: via?.session ?? commit.session,
    actor: commit.actor,
    principal: via?.principal ?? "",
    origin: commit.origin,
    peer: { address: via?.address ?? "", userAgent: via?.userAgent ?? "", protocol: via?.protocol || "in-process" },
    action: via?.action || actionOf(commit),
    revision: commit.revision,
    outcome: "succeeded",
    ...(commit.requestId !== undefined && { requestId: commit.requestId }),
    ...decidingOf(root ?? subject.variableId),
    ...subject,
  }));
}

/** What a commit that changes no variable is about. */
function reached({ grants = [], events }: Commit): Change[] {
  const names = new Map(grants.map(({ variable, name }) => [variable, name]));
  if (names.size === 0) for (const { id, name } of events.flatMap(concerned)) names.set(id, name);
  if (names.size === 0) return [{ subject: { variableId: "", variableName: "" } }];
  return Array.from(names, ([variableId, variableName]) => ({ subject: { variableId, variableName } }));
}

/** The variables that an event is about without changing them. */
function concerned(event: SessionEvent): readonly { readonly id: string; readonly name: string }[] {
  switch (event.kind) {
    case "dependency-added":
    case "dependency-removed":
      return [{ id: event.variable, name: event.name ?? "" }];
    case "optimization-started":
    case "optimization-ended":
      return event.variables ?? [];
    default:
      return [];
  }
}

/** Gives what says of a variable what let the commit change it. What is written goes before what is only read. */
function createDeciding(commit: Commit): (variable: string) => Deciding {
  const { grants = [] } = commit;
  const [first] = grants;
  if (first === undefined) {
    const deciding = withoutRule(commit);
    return () => deciding;
  }
  const byVariable = new Map<string, AccessGrant>();
  for (const grant of grants) {
    if (grant.permission !== "read" || !byVariable.has(grant.variable)) byVariable.set(grant.variable, grant);
  }
  return (variable) => {
    const { permission, rule, sessionWide } = byVariable.get(variable) ?? first;
    return { basis: sessionWide ? "session-rule" : "variable-rule", permission, decidingRule: rule };
  };
}

function withoutRule({ via, session, events }: Commit): Deciding {
  if (via === undefined) return { basis: "process" };
  // A fork is called as the session that is forked.
  const isOwner = via.session === session || events.some(({ kind }) => kind === "session-forked");
  // Commits of earlier programs do not say which rule let others write.
  return isOwner ? { basis: "owner" } : {};
}

/** The variable that an event changes; none for what befalls a session, or only follows from a change. */
function changeOf(event: SessionEvent): Change | undefined {
  const subject = subjectOf(event);
  return subject && { subject, root: event.kind === "variable-set" ? event.root : undefined };
}

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
