import type { SessionPoint, VersionPoint } from "@trimtab/core";
import { encodeText, encodeTime, encodeWhole } from "./caller-data.ts";
import type { GetVariableAtRequest, SessionPoint as WireSessionPoint } from "./gen/trimtab/v1/history_pb.ts";
import { refuseMessage } from "./refuse.ts";
import { fromTimestamp } from "./time.ts";
import { fromUint64 } from "./whole-number.ts";

/**
 * Puts a point of a session's history on the wire, as a caller gave it.
 *
 * @throws StoreError `invalid_argument` naming the part that no request can carry
 */
export function toWirePoint(point: SessionPoint): WireSessionPoint {
  switch (point.kind) {
    case "revision":
      return message({ case: "revision", value: encodeWhole(point.revision, "revision") });
    case "time":
      return message({ case: "time", value: encodeTime(point.atMs, "atMs") });
    case "label":
      return message({ case: "label", value: encodeText(point.label, "label") });
    default:
      throw refuseMessage("point", "must be a revision, a time or a label");
  }
}

const message = (kind: WireSessionPoint["kind"]): WireSessionPoint => ({ $typeName: "trimtab.v1.SessionPoint", kind });

/**
 * Reads a point of a session's history; one that is absent or of no kind means the present, and gives `undefined`.
 *
 * @throws StoreError `invalid_argument` naming the path, for what is out of range
 */
export function fromWirePoint(point: WireSessionPoint | undefined, path: string): SessionPoint | undefined {
  switch (point?.kind.case) {
    case "revision":
      return { kind: "revision", revision: fromUint64(point.kind.value, `${path}.revision`) };
    case "time":
      return { kind: "time", atMs: fromTimestamp(point.kind.value, `${path}.time`) };
    case "label":
      return { kind: "label", label: point.kind.value };
    default:
      return undefined;
  }
}

/** Where a request points to a version or a point: `at` of some requests and `to` of others. */
type WireVersionPoint = GetVariableAtRequest["at"];

/**
 * Puts a version of a variable, or a point of its session, on the wire, as a caller gave it.
 *
 * @throws StoreError `invalid_argument` naming the part that no request can carry
 */
export const toWireVersionPoint = (at: VersionPoint): WireVersionPoint =>
  at.kind === "version"
    ? { case: "version", value: encodeWhole(at.version, "version") }
    : { case: "point", value: toWirePoint(at) };

/**
 * Reads a version of a variable, or a point of its session; the present gives `undefined`.
 *
 * @throws StoreError `invalid_argument` naming the path, where neither is set or what is set is out of range
 */
export function fromWireVersionPoint(at: WireVersionPoint, path: string): VersionPoint | undefined {
  switch (at.case) {
    case "version":
      return { kind: "version", version: fromUint64(at.value, "version") };
    case "point":
      return fromWirePoint(at.value, "point");
    default:
      throw refuseMessage(path, "is required: name a version or a point");
  }
}
