import type { DependencyKind, DependencySpec, DependencyView } from "@trimtab/core";
import { encodeRecord, encodeText } from "./caller-data.ts";
import {
  type Dependency as WireDependency,
  DependencyKind as WireDependencyKind,
} from "./gen/trimtab/v1/dependency_edge_pb.ts";
import type { DependencySpec as WireDependencySpec } from "./gen/trimtab/v1/dependency_pb.ts";
import { fromKnown, toKnown } from "./known.ts";
import { toWireRecord } from "./plain-value.ts";
import { refuseMessage } from "./refuse.ts";
import { fromTimestamp, toTimestamp } from "./time.ts";
import { fromWireRecord } from "./value.ts";
import { fromUint64, toUint64 } from "./whole-number.ts";

const wireKinds = {
  data: WireDependencyKind.DATA,
  constraint: WireDependencyKind.CONSTRAINT,
  optimization: WireDependencyKind.OPTIMIZATION,
} as const satisfies Record<DependencyKind, WireDependencyKind>;

/**
 * Puts on the wire what a dependency means, as a caller gave it.
 *
 * @throws StoreError `invalid_argument` for a kind that is none
 */
export const toWireDependencyKind = (kind: DependencyKind): WireDependencyKind => toKnown(wireKinds, kind, "kind");

/**
 * Reads what a dependency means; not said means `data`.
 *
 * @throws StoreError `invalid_argument` naming the path, for a kind that is not known here
 */
export const fromWireDependencyKind = (kind: WireDependencyKind, path: string): DependencyKind =>
  kind === WireDependencyKind.UNSPECIFIED ? "data" : fromKnown(wireKinds, kind, path);

/** Puts a dependency on the wire. */
export const toWireDependency = (dependency: DependencyView): WireDependency => ({
  $typeName: "trimtab.v1.Dependency",
  variableId: dependency.variable,
  variableName: dependency.variableName,
  dependsOnId: dependency.dependsOn,
  dependsOnName: dependency.dependsOnName,
  kind: wireKinds[dependency.kind],
  metadata: toWireRecord(dependency.metadata),
  depth: dependency.depth,
  createdAt: toTimestamp(dependency.createdAtMs),
  revision: toUint64(dependency.revision),
});

/**
 * Reads a dependency.
 *
 * @throws StoreError `invalid_argument` naming the part that is absent or out of range
 */
export function fromWireDependency(dependency: WireDependency | undefined, path = "dependency"): DependencyView {
  if (dependency === undefined) throw refuseMessage(path, "is required");
  return {
    variable: dependency.variableId,
    variableName: dependency.variableName,
    dependsOn: dependency.dependsOnId,
    dependsOnName: dependency.dependsOnName,
    kind: fromWireDependencyKind(dependency.kind, `${path}.kind`),
    metadata: fromWireRecord(dependency.metadata, `${path}.metadata`),
    depth: dependency.depth,
    createdAtMs: fromTimestamp(dependency.createdAt, `${path}.created_at`),
    revision: fromUint64(dependency.revision, `${path}.revision`),
  };
}

/**
 * Puts a dependency to add on the wire, as a caller gave it.
 *
 * @throws StoreError `invalid_argument` naming the part that is ill-formed text, no kind, or data that no payload can hold
 */
export const toWireDependencySpec = (spec: DependencySpec): WireDependencySpec => ({
  $typeName: "trimtab.v1.DependencySpec",
  variable: encodeText(spec.variable, "variable"),
  dependsOn: encodeText(spec.dependsOn, "dependsOn"),
  kind: toWireDependencyKind(spec.kind ?? "data"),
  metadata: encodeRecord(spec.metadata, "metadata"),
});

/**
 * Reads a dependency to add.
 *
 * @throws StoreError `invalid_argument` naming the part that is absent, no kind or no value
 */
export function fromWireDependencySpec(spec: WireDependencySpec | undefined, path = "spec"): DependencySpec {
  if (spec === undefined) throw refuseMessage(path, "is required");
  return {
    variable: spec.variable,
    dependsOn: spec.dependsOn,
    kind: fromWireDependencyKind(spec.kind, `${path}.kind`),
    metadata: fromWireRecord(spec.metadata, `${path}.metadata`),
  };
}
