import type { Command, Commit, SessionEvent } from "@trimtab/core";

type Event = SessionEvent["kind"];

/** What each command leaves in a commit where it changes something; any one of these. */
const traces: { readonly [K in Command["kind"]]: readonly Event[] } = {
  "create-session": ["session-created", "session-forked"],
  "update-session": ["session-updated"],
  "delete-session": ["session-deleted"],
  "register-variable": ["variable-registered"],
  "set-variable": ["variable-set"],
  "expect-version": [],
  "change-variable": ["variable-changed"],
  "delete-variable": ["variable-deleted"],
  "put-program": ["program-put"],
  "delete-program": ["program-deleted"],
  "add-dependency": ["dependency-added"],
  "remove-dependency": ["dependency-removed"],
  "set-derivation": ["variable-changed"],
  "clear-derivation": ["variable-changed", "dependency-removed"],
  "recompute-variables": ["variable-set", "staleness-changed", "dependency-added"],
  "put-rule": ["rule-put"],
  "delete-rule": ["rule-deleted"],
  "put-space": ["space-put"],
  "delete-space": ["space-deleted"],
  "expect-space": [],
  "set-label": ["label-set"],
  "delete-label": ["label-deleted"],
  "rollback-variable": ["variable-set"],
  "rollback-session": [
    "variable-set",
    "variable-changed",
    "variable-deleted",
    "variable-registered",
    "session-permissions-set",
  ],
  "import-variable": ["variable-imported", "variable-changed", "variable-set"],
  "import-dependencies": ["dependency-added"],
  "set-variable-permissions": ["variable-changed"],
  "set-session-permissions": ["session-permissions-set"],
  "start-optimization": ["optimization-started"],
  "renew-lease": ["lease-renewed"],
  "report-progress": ["optimization-reported"],
  "stop-optimization": ["optimization-ended"],
  "abandon-optimizations": ["optimization-ended"],
};

/** Says whether commands may have made a commit; where they cannot, its request id was used for something else. */
export const mayHaveMade = (commands: readonly Command[], commit: Commit): boolean =>
  commands.some(({ kind }) => commit.events.some((event) => traces[kind].includes(event.kind)));
