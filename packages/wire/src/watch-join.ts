import { fromPayload, type Variable, type VariableChange, type WatchEvent } from "@trimtab/core";
import {
  EndCause,
  ResetCause,
  VariableChangeKind,
  type WatchChanges,
  type WatchVariablesResponse,
  type VariableChange as WireVariableChange,
} from "./gen/trimtab/v1/watch_pb.ts";
import { fromWireOrigin } from "./origin.ts";
import { refuseMessage } from "./refuse.ts";
import { fromTimestamp } from "./time.ts";
import { fromWirePlain, fromWireRecord, fromWireValue } from "./value.ts";
import { fromWireVariable } from "./variable.ts";
import { fromUint64 } from "./whole-number.ts";

const changeKinds = new Map<VariableChangeKind, VariableChange["kind"]>([
  [VariableChangeKind.REGISTERED, "registered"],
  [VariableChangeKind.UPDATED, "updated"],
  [VariableChangeKind.CHANGED, "changed"],
  [VariableChangeKind.DELETED, "deleted"],
  // Something about the variable other than its value is new.
  [VariableChangeKind.STALENESS, "changed"],
]);

const resetCauses = new Map([
  [ResetCause.HISTORY_LOST, "history_lost" as const],
  [ResetCause.SESSION_RECREATED, "session_recreated" as const],
]);

const endCauses = new Map([
  [EndCause.SESSION_DELETED, "session_deleted" as const],
  [EndCause.SESSION_EXPIRED, "session_expired" as const],
]);

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
      return { kind: "reset", cause: known(resetCauses, event.value.cause, "reset.cause"), ...at, variables };
    }
    if (parts.length > 0) throw refuseMessage("event", "comes in the middle of a view");
    switch (event.case) {
      case "changes":
        return { kind: "changes", ...at, ...readChanges(event.value) };
      case "bookmark":
        return { kind: "bookmark", ...at };
      case "ended":
        return { kind: "ended", cause: known(endCauses, event.value.cause, "ended.cause"), ...at };
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
  changes: changes.changes.map((change, index) => readChange(change, `changes[${index}]`)),
});

function readChange(change: WireVariableChange, path: string): VariableChange {
  const payload = fromWireValue(change.value, `${path}.value`);
  return {
    kind: known(changeKinds, change.kind, `${path}.kind`),
    id: change.variableId,
    name: change.name,
    version: fromUint64(change.version, `${path}.version`),
    value: fromPayload(payload),
    payload,
    metadata: fromWireRecord(change.metadata, `${path}.metadata`),
    ...(change.oldValue && { oldValue: fromWirePlain(change.oldValue, `${path}.old_value`) }),
    ...(change.variable && { variable: fromWireVariable(change.variable, `${path}.variable`) }),
  };
}

function known<W extends number, C>(meanings: ReadonlyMap<W, C>, wire: W, path: string): C {
  const meaning = meanings.get(wire);
  if (meaning === undefined) throw refuseMessage(path, `is the unknown choice ${wire}`, wire);
  return meaning;
}
