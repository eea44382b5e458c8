import type { Commit, SessionEvent } from "@trimtab/core";

/** What people are told of a commit who look into the storage: who made it, what happened, and what it concerns. */
export interface CommitNote {
  readonly actor: string;
  /** The kinds of its events, each once. */
  readonly kind: string;
  /** The names that its events tell, each once, the first of them; and the access rules that let it through. */
  readonly subject: string;
}

/** Names beyond so many are counted. */
const namesTold = 5;

/** Puts a commit into words for people. */
export function noteOfCommit({ actor, events, grants = [] }: Commit): CommitNote {
  const [only] = events;
  // Nearly all commits are of this kind, and each is told of on its way to the disk.
  if (only !== undefined && events.length === 1 && grants.length === 0)
    return { actor, kind: only.kind, subject: namesIn(only).join(", ") };
  const kinds = new Set<string>();
  const names = new Set<string>();
  for (const event of events) {
    kinds.add(event.kind);
    for (const name of namesIn(event)) names.add(name);
  }
  const told = [...names].slice(0, namesTold).join(", ");
  const more = names.size > namesTold ? ` and ${names.size - namesTold} more` : "";
  const rules = [...new Set(grants.map(({ rule }) => rule))].slice(0, namesTold).join(", ");
  const by = rules === "" ? "" : ` (by rule ${rules})`;
  return { actor, kind: [...kinds].join(", "), subject: `${told}${more}${by}` };
}

function namesIn(event: SessionEvent): readonly string[] {
  switch (event.kind) {
    case "variable-changed":
    case "variable-imported":
    case "staleness-changed":
      return [event.variable.name];
    case "program-put":
    case "program-deleted":
      return [event.id];
    case "dependency-added":
    case "dependency-removed":
      return [event.variable, event.dependsOn];
    case "rule-put":
      return [event.rule.name];
    case "space-put":
      return [event.space.name];
    case "label-set":
      return [event.label.name];
    default:
      return "name" in event && typeof event.name === "string" ? [event.name] : [];
  }
}
