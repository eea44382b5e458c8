import type { Label } from "@trimtab/core";
import type { Label as WireLabel } from "./gen/trimtab/v1/history_pb.ts";
import { refuseMessage } from "./refuse.ts";
import { fromTimestamp, toTimestamp } from "./time.ts";
import { fromUint64, toUint64 } from "./whole-number.ts";

/** Puts a label on the wire. */
export const toWireLabel = (label: Label): WireLabel => ({
  $typeName: "trimtab.v1.Label",
  name: label.name,
  revision: toUint64(label.revision),
  protected: label.protected,
  description: label.description,
  createdAt: toTimestamp(label.createdAtMs),
  updatedAt: toTimestamp(label.updatedAtMs),
  updatedBy: label.updatedBy,
});

/**
 * Reads a label.
 *
 * @throws StoreError `invalid_argument` naming the part that is absent or out of range
 */
export function fromWireLabel(label: WireLabel | undefined, path = "label"): Label {
  if (label === undefined) throw refuseMessage(path, "is required");
  return {
    name: label.name,
    revision: fromUint64(label.revision, `${path}.revision`),
    protected: label.protected,
    description: label.description,
    createdAtMs: fromTimestamp(label.createdAt, `${path}.created_at`),
    updatedAtMs: fromTimestamp(label.updatedAt, `${path}.updated_at`),
    updatedBy: label.updatedBy,
  };
}
