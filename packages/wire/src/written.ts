import type { Receipt, Written } from "@trimtab/core";
import type { Written as WireWritten } from "./gen/trimtab/v1/variable_pb.ts";
import { refuseMessage } from "./refuse.ts";
import { fromTimestamp, toTimestamp } from "./time.ts";
import { fromUint64, toUint64 } from "./whole-number.ts";

/** Puts on the wire what a write did to one variable; the receipt's own fields travel beside it, once per call. */
export const toWireWritten = (written: Written): WireWritten => ({
  $typeName: "trimtab.v1.Written",
  variableId: written.id,
  name: written.name,
  version: toUint64(written.version),
  updatedAt: toTimestamp(written.updatedAtMs),
});

/**
 * Reads what a write did to one variable and joins it with the receipt of the call.
 *
 * @throws StoreError `invalid_argument` naming the part that is absent or out of range
 */
export function fromWireWritten(written: WireWritten | undefined, receipt: Receipt, path = "written"): Written {
  if (written === undefined) throw refuseMessage(path, "is required");
  return {
    ...receipt,
    id: written.variableId,
    name: written.name,
    version: fromUint64(written.version, `${path}.version`),
    updatedAtMs: fromTimestamp(written.updatedAt, `${path}.updated_at`),
  };
}
