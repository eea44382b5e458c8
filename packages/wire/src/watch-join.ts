import type { Variable, WatchEvent } from "@trimtab/core";
import { fromWirePermissions } from "./access-rule.ts";
import type { WatchChanges, WatchVariablesResponse } from "./gen/trimtab/v1/watch_pb.ts";
import { fromKnown } from "./known.ts";
import { fromWireOrigin } from "./origin.ts";
import { refuseMessage } from "./refuse.ts";
import { fromTimestamp } from "./time.ts";
import { fromWireVariable } from "./variable.ts";
import { fromWireChange } from "./variable-change.ts";
import { endCauses, resetCauses } from "./watch-event.ts";
import { fromUint64 } from "./whole-number.ts";

/**
 * Makes a reader for the messages of one watch, in order. It gives the event that a message completes, or `undefined`
 * where more parts of the same view follow: a view is given once, whole.
 *
 * @throws StoreError `invalid_argument` naming the part of a message that means nothing
 */
export function createWatchJoin(): (message: WatchVariablesResponse) => WatchEvent | undefined {
  let parts: Variable[] = [];
  return (message) => {
    const { event, token } = message;
    const at = { revision: fromUint64(message.revision, "revision"), token };
    if (event.case === "snapshot" || event.case === "reset") {
      parts.push(...event.value.variables.map((each, index) => fromWireVariable(each, `variables[${index}]`)));
      if (event.value.more) return undefined;
      const variables = parts;
      parts = [];
      if (event.case === "snapshot") return { kind: "snapshot", ...at, variables };
      return { kind: "reset", cause: fromKnown(resetCauses, event.value.cause, "reset.cause"), ...at, variables };
    }
    if (parts.length > 0) throw refuseMessage("event", "comes in the middle of a view");
    switch (event.case) {
      case "changes":
        return { kind: "changes", ...at, ...readChanges(event.value) };
      case "bookmark":
        return { kind: "bookmark", ...at };
      case "ended":
        return { kind: "ended", cause: fromKnown(endCauses, event.value.cause, "ended.cause"), ...at };
      default:
        throw refuseMessage("event", "is of no known kind");
    }
  };
}

const readChanges = (changes: WatchChanges) => ({
  atMs: fromTimestamp(changes.committedAt, "changes.committed_at"),
  actor: changes.actor,
  origin: fromWireOrigin(changes.origin),
  coalesced: changes.coalesced,
  changes: changes.changes.map((change, index) => fromWireChange(change, `changes[${index}]`)),
  ...(changes.sessionPermissions !== undefined && {
    sessionPermissions: fromWirePermissions(changes.sessionPermissions, "changes.session_permissions"),
  }),
});
