import type { AuditEvent } from "@trimtab/core";
import { fromWireAuditEntry, toWireAuditEntry } from "./audit-entry.ts";
import type { WatchAuditResponse } from "./gen/trimtab/v1/audit_pb.ts";
import { present } from "./present.ts";
import { refuseMessage } from "./refuse.ts";
import { fromTimestamp, toTimestamp } from "./time.ts";

/** Puts what a watch of an audit tells on the wire. */
export const toWireAuditEvent = (event: AuditEvent): WatchAuditResponse => ({
  $typeName: "trimtab.v1.WatchAuditResponse",
  token: event.token,
  event: told(event),
});

function told(event: AuditEvent): WatchAuditResponse["event"] {
  switch (event.kind) {
    case "entry":
      return { case: "entry", value: toWireAuditEntry(event.entry) };
    case "bookmark":
      return { case: "bookmark", value: { $typeName: "trimtab.v1.WatchBookmark" } };
    case "gap": {
      const { keptSinceMs } = event;
      const kept = keptSinceMs === undefined ? {} : { keptSince: toTimestamp(keptSinceMs) };
      return { case: "gap", value: { $typeName: "trimtab.v1.AuditGap", ...kept } };
    }
  }
}

/**
 * Reads what a watch of an audit tells.
 *
 * @throws StoreError `invalid_argument` for an event that is absent or not known here
 */
export function fromWireAuditEvent({ token, event }: WatchAuditResponse): AuditEvent {
  switch (event.case) {
    case "entry":
      return { kind: "entry", token, entry: fromWireAuditEntry(event.value) };
    case "bookmark":
      return { kind: "bookmark", token };
    case "gap": {
      const { keptSince } = event.value;
      return present({
        kind: "gap" as const,
        token,
        keptSinceMs: keptSince === undefined ? undefined : fromTimestamp(keptSince, "gap.kept_since"),
      });
    }
    default:
      throw refuseMessage("event", "is required");
  }
}
