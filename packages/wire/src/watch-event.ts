import type { ChangesEvent, ValueRecord, Variable, WatchEvent } from "@trimtab/core";
import { payloadSize, toPayload } from "@trimtab/core";
import { toWirePermissions } from "./access-rule.ts";
import { EndCause, ResetCause, type WatchVariablesResponse } from "./gen/trimtab/v1/watch_pb.ts";
import { toWireOrigin } from "./origin.ts";
import { toTimestamp } from "./time.ts";
import { toWireVariable } from "./variable.ts";
import { toWireChange } from "./variable-change.ts";
import { toUint64 } from "./whole-number.ts";

/** Bytes of variables, roughly, after which a view goes on in another message. */
export const viewPartBytes = 1024 * 1024;

/** Why a watch starts over, as it travels. */
export const resetCauses = {
  history_lost: ResetCause.HISTORY_LOST,
  session_recreated: ResetCause.SESSION_RECREATED,
  access_changed: ResetCause.ACCESS_CHANGED,
} as const;

/** Why a watch is over, as it travels. */
export const endCauses = {
  session_deleted: EndCause.SESSION_DELETED,
  session_expired: EndCause.SESSION_EXPIRED,
} as const;

// A store gives one event to every watch that sees the same, so its message is made once.
const messages = new WeakMap<ChangesEvent, WatchVariablesResponse>();

/**
 * Puts what a watch yields on the wire: one message, or several for a large view, of which only the last has the token.
 * One {@link ChangesEvent} always gives the same message, which must not be written to.
 */
export function* toWireWatchEvent(event: WatchEvent): Generator<WatchVariablesResponse, undefined, undefined> {
  if (event.kind === "changes") yield toWireChanges(event);
  else if (event.kind === "snapshot" || event.kind === "reset") yield* viewParts(event);
  else yield response(event, plainEvent(event));
  return undefined;
}

/** Puts the changes of one commit on the wire; one event always gives the same message. */
export function toWireChanges(event: ChangesEvent): WatchVariablesResponse {
  let message = messages.get(event);
  if (message === undefined) {
    message = response(event, {
      case: "changes",
      value: {
        $typeName: "trimtab.v1.WatchChanges",
        committedAt: toTimestamp(event.atMs),
        actor: event.actor,
        origin: toWireOrigin(event.origin),
        coalesced: event.coalesced,
        changes: event.changes.map(toWireChange),
        ...(event.sessionPermissions !== undefined && {
          sessionPermissions: toWirePermissions(event.sessionPermissions),
        }),
      },
    });
    messages.set(event, message);
  }
  return message;
}

const response = (
  at: { revision: number; token: string },
  event: WatchVariablesResponse["event"],
): WatchVariablesResponse => ({
  $typeName: "trimtab.v1.WatchVariablesResponse",
  token: at.token,
  revision: toUint64(at.revision),
  event,
});

function plainEvent(event: Extract<WatchEvent, { kind: "bookmark" | "ended" }>): WatchVariablesResponse["event"] {
  if (event.kind === "bookmark") return { case: "bookmark", value: { $typeName: "trimtab.v1.WatchBookmark" } };
  return { case: "ended", value: { $typeName: "trimtab.v1.WatchEnded", cause: endCauses[event.cause] } };
}

function* viewParts(event: Extract<WatchEvent, { kind: "snapshot" | "reset" }>) {
  const parts = splitView(event.variables);
  for (const [index, part] of parts.entries()) {
    const more = index < parts.length - 1;
    const variables = part.map(toWireVariable);
    const view: WatchVariablesResponse["event"] =
      event.kind === "snapshot"
        ? { case: "snapshot", value: { $typeName: "trimtab.v1.WatchSnapshot", variables, more } }
        : {
            case: "reset",
            value: { $typeName: "trimtab.v1.WatchReset", cause: resetCauses[event.cause], variables, more },
          };
    yield response(more ? { ...event, token: "" } : event, view);
  }
}

/** Cuts a view into runs of about {@link viewPartBytes}; at least one, though it may be empty. */
function splitView(variables: readonly Variable[]): Variable[][] {
  let part: Variable[] = [];
  const parts = [part];
  let bytes = 0;
  for (const variable of variables) {
    const size = sizeOf(variable);
    if (bytes + size > viewPartBytes && part.length > 0) {
      part = [];
      parts.push(part);
      bytes = 0;
    }
    part.push(variable);
    bytes += size;
  }
  return parts;
}

/** Bytes of a variable's names, times and framing, which are few beside what users put into it. */
const framingBytes = 256;

const sizeOf = (variable: Variable) =>
  framingBytes +
  payloadSize(variable.payload) +
  3 * (variable.name.length + variable.description.length + derivationLength(variable)) +
  recordSize(variable.constraints) +
  recordSize(variable.metadata);

const derivationLength = ({ derivation, stale }: Variable) =>
  (derivation?.kind === "expression" ? derivation.expression.length : 0) + (stale?.cause.length ?? 0);

const recordSizes = new WeakMap<ValueRecord, number>();

function recordSize(record: ValueRecord): number {
  let size = recordSizes.get(record);
  if (size === undefined) {
    size = payloadSize(toPayload(record));
    recordSizes.set(record, size);
  }
  return size;
}
