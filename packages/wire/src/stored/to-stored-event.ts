import type { SessionEvent, VariableRegistered, VariableSet } from "@trimtab/core";
import { toWireAccessRule } from "../access-rule.ts";
import { toWireDerivation } from "../derivation.ts";
import type {
  StoredEvent,
  VariableRegistered as StoredRegistered,
  VariableSet as StoredSet,
} from "../gen/trimtab/log/v1/commit_pb.ts";
import { toWireRecord } from "../plain-value.ts";
import { toWireValue } from "../value.ts";
import { toWireVariable } from "../variable.ts";
import { toWireVersion } from "../variable-version.ts";
import { toUint64 } from "../whole-number.ts";
import { toStoredProgress, toStoredStarted } from "./stored-optimization.ts";
import { toStoredAdded, toStoredProgram, toStoredRule, toStoredSpace } from "./stored-parts.ts";
import { toStoredSession } from "./stored-session.ts";

type Kind = StoredEvent["kind"];

/** Puts an event into the form in which it is stored. */
export const toStoredEvent = (event: SessionEvent): StoredEvent => ({
  $typeName: "trimtab.log.v1.StoredEvent",
  kind: kindOf(event),
});

function kindOf(event: SessionEvent): Kind {
  switch (event.kind) {
    case "session-created":
    case "session-forked": {
      const started = {
        $typeName: "trimtab.log.v1.SessionStarted",
        epoch: event.epoch,
        ttlMs: toUint64(event.ttlMs),
        metadata: toWireRecord(event.metadata),
        ...(event.kind === "session-forked" && { from: toStoredSession(event.from) }),
      } as const;
      return { case: event.kind === "session-created" ? "sessionCreated" : "sessionForked", value: started };
    }
    case "session-updated": {
      const { ttlMs, metadata } = event;
      const $typeName = "trimtab.log.v1.SessionUpdated";
      return { case: "sessionUpdated", value: { $typeName, ttlMs: toUint64(ttlMs), metadata: toWireRecord(metadata) } };
    }
    case "session-deleted": {
      const expired = event.cause === "session_expired";
      return { case: "sessionDeleted", value: { $typeName: "trimtab.log.v1.SessionEnded", expired } };
    }
    case "variable-registered":
      return { case: "variableRegistered", value: toStoredRegistered(event) };
    case "variable-set":
      return { case: "variableSet", value: toStoredSet(event) };
    case "variable-changed":
      return { case: "variableChanged", value: toWireVariable(event.variable) };
    case "staleness-changed":
      return { case: "stalenessChanged", value: toWireVariable(event.variable) };
    case "program-put":
      return { case: "programPut", value: toStoredProgram(event) };
    case "program-deleted":
      return { case: "programDeleted", value: event.id };
    case "rule-put":
      return { case: "rulePut", value: toStoredRule(event.rule) };
    case "rule-deleted":
      return { case: "ruleDeleted", value: event.name };
    case "space-put":
      return { case: "spacePut", value: toStoredSpace(event.space) };
    case "space-deleted":
      return { case: "spaceDeleted", value: event.name };
    case "label-deleted":
      return { case: "labelDeleted", value: event.name };
    default:
      return rarerKindOf(event);
  }
}

type Rarer = Extract<
  SessionEvent,
  {
    kind:
      | `dependency-${string}`
      | `optimization-${string}`
      | "lease-renewed"
      | "label-set"
      | "session-permissions-set"
      | "variable-imported"
      | "variable-deleted";
  }
>;

function rarerKindOf(event: Rarer): Kind {
  switch (event.kind) {
    case "variable-deleted": {
      const { id, name, version, previous } = event;
      const deleted = { $typeName: "trimtab.log.v1.VariableDeleted", id, name, version: toUint64(version) } as const;
      const before = previous === undefined ? {} : { previous: toWireValue(previous) };
      return { case: "variableDeleted", value: { ...deleted, ...before } };
    }
    case "dependency-added":
      return { case: "dependencyAdded", value: toStoredAdded({ ...event, kind: event.dependency }) };
    case "dependency-removed": {
      const { variable, dependsOn, name = "" } = event;
      const $typeName = "trimtab.log.v1.DependencyRemoved";
      return { case: "dependencyRemoved", value: { $typeName, variable, dependsOn, name } };
    }
    case "dependency-changed": {
      const { id, name, version, causedBy } = event;
      const $typeName = "trimtab.log.v1.DependencyChanged";
      const changed = { id, name, version: toUint64(version), causedBy: [...causedBy] };
      return { case: "dependencyChanged", value: { $typeName, ...changed } };
    }
    case "label-set": {
      const { label } = event;
      const revision = toUint64(label.revision);
      return { case: "labelSet", value: { ...label, $typeName: "trimtab.log.v1.LabelSet", revision } };
    }
    case "optimization-started":
      return { case: "optimizationStarted", value: toStoredStarted(event.optimization, event.variables) };
    case "optimization-reported":
    case "lease-renewed":
    case "optimization-ended":
      return toStoredProgress(event);
    case "session-permissions-set": {
      const rules = event.rules.map(toWireAccessRule);
      return { case: "sessionPermissionsSet", value: { $typeName: "trimtab.log.v1.SessionPermissionsSet", rules } };
    }
    case "variable-imported": {
      const { variable, nextNumber, versions = [] } = event;
      return {
        case: "variableImported",
        value: {
          $typeName: "trimtab.log.v1.VariableImported",
          variable: toWireVariable(variable),
          nextNumber: toUint64(nextNumber),
          versions: versions.map(toWireVersion),
        },
      };
    }
  }
}

const toStoredRegistered = (event: VariableRegistered): StoredRegistered => ({
  $typeName: "trimtab.log.v1.VariableRegistered",
  id: event.id,
  number: toUint64(event.number),
  name: event.name,
  type: event.type,
  value: toWireValue(event.payload),
  constraints: toWireRecord(event.constraints),
  metadata: toWireRecord(event.metadata),
  description: event.description,
  readOnly: event.readOnly,
  sensitive: event.sensitive ?? false,
  accessRules: (event.accessRules ?? []).map(toWireAccessRule),
  ...(event.derivation !== undefined && { derivation: toWireDerivation(event.derivation) }),
  ...(event.stale !== undefined && { stale: event.stale }),
});

const toStoredSet = (event: VariableSet): StoredSet => ({
  $typeName: "trimtab.log.v1.VariableSet",
  id: event.id,
  name: event.name,
  version: toUint64(event.version),
  value: toWireValue(event.payload),
  unchanged: event.unchanged === true,
  causedBy: event.causedBy === undefined ? [] : [...event.causedBy],
  root: event.root ?? "",
  ...(event.previous !== undefined && { previous: toWireValue(event.previous) }),
  ...(event.rolledBackTo !== undefined && { rolledBackTo: toUint64(event.rolledBackTo) }),
});
