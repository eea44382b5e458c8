import { fromPayload, type VariableChange } from "@trimtab/core";
import { VariableChangeKind, type VariableChange as WireVariableChange } from "./gen/trimtab/v1/watch_pb.ts";
import { fromKnown } from "./known.ts";
import { toWireRecord } from "./plain-value.ts";
import { fromWireRecord, fromWireValue, toWireValue } from "./value.ts";
import { fromWireVariable, toWireVariable } from "./variable.ts";
import { fromUint64, toUint64 } from "./whole-number.ts";

/** What was done to a variable, as it travels. */
export const changeKinds = {
  registered: VariableChangeKind.REGISTERED,
  updated: VariableChangeKind.UPDATED,
  changed: VariableChangeKind.CHANGED,
  deleted: VariableChangeKind.DELETED,
  staleness: VariableChangeKind.STALENESS,
  "dependency-changed": VariableChangeKind.DEPENDENCY_CHANGED,
} as const satisfies Record<VariableChange["kind"], VariableChangeKind>;

/** Puts on the wire what a commit did to one variable. */
export const toWireChange = (change: VariableChange): WireVariableChange => ({
  $typeName: "trimtab.v1.VariableChange",
  kind: changeKinds[change.kind],
  variableId: change.id,
  name: change.name,
  version: toUint64(change.version),
  value: toWireValue(change.payload),
  metadata: toWireRecord(change.metadata),
  causedBy: [...(change.causedBy ?? [])],
  unchanged: change.unchanged ?? false,
  ...(change.oldPayload !== undefined && { oldValue: toWireValue(change.oldPayload) }),
  ...(change.variable !== undefined && { variable: toWireVariable(change.variable) }),
});

/**
 * Reads what a commit did to one variable.
 *
 * @throws StoreError `invalid_argument` naming the part that is absent, out of range or not known here
 */
export function fromWireChange(change: WireVariableChange, path: string): VariableChange {
  const payload = fromWireValue(change.value, `${path}.value`);
  const oldPayload = change.oldValue && fromWireValue(change.oldValue, `${path}.old_value`);
  return {
    kind: fromKnown(changeKinds, change.kind, `${path}.kind`),
    id: change.variableId,
    name: change.name,
    version: fromUint64(change.version, `${path}.version`),
    value: fromPayload(payload),
    payload,
    metadata: fromWireRecord(change.metadata, `${path}.metadata`),
    ...(oldPayload && { oldValue: fromPayload(oldPayload), oldPayload }),
    ...(change.variable && { variable: fromWireVariable(change.variable, `${path}.variable`) }),
    ...(change.unchanged && { unchanged: true }),
    ...(change.causedBy.length > 0 && { causedBy: change.causedBy }),
  };
}
