import type { Commit } from "../commit.ts";

/** Whether a commit changed who may do what. */
export const changesAccess = ({ events, revision }: Pick<Commit, "events" | "revision">): boolean =>
  events.some((event) => {
    if (event.kind === "session-permissions-set") return true;
    if (event.kind === "variable-registered") return event.accessRules !== undefined;
    return event.kind === "variable-changed" && event.variable.permissions?.revision === revision;
  });
