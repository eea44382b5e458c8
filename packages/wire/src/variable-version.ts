import { fromPayload, type VariableDifference, type VariableVersion } from "@trimtab/core";
import type {
  VariableDifference as WireVariableDifference,
  VariableVersion as WireVariableVersion,
} from "./gen/trimtab/v1/history_pb.ts";
import { fromKnown } from "./known.ts";
import { fromWireOrigin, toWireOrigin } from "./origin.ts";
import { toWireRecord } from "./plain-value.ts";
import { fromTimestamp, toTimestamp } from "./time.ts";
import { fromWireRecord, fromWireValue, toWireValue } from "./value.ts";
import { fromWireVariable, toWireVariable } from "./variable.ts";
import { changeKinds } from "./variable-change.ts";
import { fromUint64, toUint64 } from "./whole-number.ts";

/** Puts one version of a variable on the wire. */
export const toWireVersion = (version: VariableVersion): WireVariableVersion => ({
  $typeName: "trimtab.v1.VariableVersion",
  version: toUint64(version.version),
  updatedAt: toTimestamp(version.updatedAtMs),
  updatedBy: version.updatedBy,
  origin: toWireOrigin(version.origin),
  metadata: toWireRecord(version.metadata),
  revision: toUint64(version.revision),
  optimizationId: version.optimization ?? "",
  causedBy: [...(version.causedBy ?? [])],
  ...(version.payload !== undefined && { value: toWireValue(version.payload) }),
  ...(version.rolledBackTo !== undefined && { rolledBackTo: toUint64(version.rolledBackTo) }),
});

/**
 * Reads one version of a variable; its value may be absent.
 *
 * @throws StoreError `invalid_argument` naming the part that is absent, out of range or no value
 */
export function fromWireVersion(version: WireVariableVersion, path: string): VariableVersion {
  const { value, rolledBackTo, causedBy } = version;
  const payload = value === undefined ? undefined : fromWireValue(value, `${path}.value`);
  return {
    version: fromUint64(version.version, `${path}.version`),
    updatedAtMs: fromTimestamp(version.updatedAt, `${path}.updated_at`),
    updatedBy: version.updatedBy,
    origin: fromWireOrigin(version.origin),
    metadata: fromWireRecord(version.metadata, `${path}.metadata`),
    revision: fromUint64(version.revision, `${path}.revision`),
    ...(payload !== undefined && { payload, value: fromPayload(payload) }),
    ...(rolledBackTo !== undefined && { rolledBackTo: fromUint64(rolledBackTo, `${path}.rolled_back_to`) }),
    ...(causedBy.length > 0 && { causedBy }),
    ...(version.optimizationId !== "" && { optimization: version.optimizationId }),
  };
}

const { registered, updated, changed, deleted } = changeKinds;
const differenceKinds = { registered, updated, changed, deleted } as const satisfies Record<
  VariableDifference["kind"],
  number
>;

/** Puts on the wire how one variable differs between two points. */
export const toWireDifference = ({ kind, before, after }: VariableDifference): WireVariableDifference => ({
  $typeName: "trimtab.v1.VariableDifference",
  kind: differenceKinds[kind],
  ...(before !== undefined && { before: toWireVariable(before) }),
  ...(after !== undefined && { after: toWireVariable(after) }),
});

/**
 * Reads how one variable differs between two points.
 *
 * @throws StoreError `invalid_argument` naming the part that is out of range or not known here
 */
export const fromWireDifference = (
  { kind, before, after }: WireVariableDifference,
  path: string,
): VariableDifference => ({
  kind: fromKnown(differenceKinds, kind, `${path}.kind`),
  ...(before && { before: fromWireVariable(before, `${path}.before`) }),
  ...(after && { after: fromWireVariable(after, `${path}.after`) }),
});
