import { type SessionEvent, shareRecord, type VariableRegistered, type VariableSet } from "@trimtab/core";
import { fromWireAccessRules } from "../access-rule.ts";
import { fromWireDerivation } from "../derivation.ts";
import type {
  StoredEvent,
  VariableRegistered as StoredRegistered,
  VariableSet as StoredSet,
} from "../gen/trimtab/log/v1/commit_pb.ts";
import { refuseMessage } from "../refuse.ts";
import { fromWireRecord, fromWireValue } from "../value.ts";
import { fromWireVariable } from "../variable.ts";
import { fromWireVersion } from "../variable-version.ts";
import { fromUint64 } from "../whole-number.ts";
import { fromStoredLeaseEvent } from "./stored-optimization.ts";
import { fromStoredAdded, fromStoredProgram, fromStoredRule, fromStoredSpace } from "./stored-parts.ts";
import { fromStoredSession } from "./stored-session.ts";

type Kind = StoredEvent["kind"];

/**
 * Reads a stored event.
 *
 * @throws StoreError `invalid_argument` naming the part that is absent, out of range, or of a kind not known here
 */
export function fromStoredEvent({ kind }: StoredEvent, path: string): SessionEvent {
  const at = `${path}.${kind.case ?? "kind"}`;
  switch (kind.case) {
    case "sessionCreated":
    case "sessionForked": {
      const { epoch, from } = kind.value;
      const ttlMs = fromUint64(kind.value.ttlMs, `${at}.ttl_ms`);
      const metadata = fromWireRecord(kind.value.metadata, `${at}.metadata`);
      if (kind.case === "sessionCreated") return { kind: "session-created", epoch, ttlMs, metadata };
      return { kind: "session-forked", epoch, ttlMs, metadata, from: fromStoredSession(from, `${at}.from`) };
    }
    case "sessionUpdated": {
      const ttlMs = fromUint64(kind.value.ttlMs, `${at}.ttl_ms`);
      return { kind: "session-updated", ttlMs, metadata: fromWireRecord(kind.value.metadata, `${at}.metadata`) };
    }
    case "sessionDeleted":
      return { kind: "session-deleted", cause: kind.value.expired ? "session_expired" : "session_deleted" };
    case "variableRegistered":
      return fromStoredRegistered(kind.value, at);
    case "variableSet":
      return fromStoredSet(kind.value, at);
    case "variableChanged":
      return { kind: "variable-changed", variable: fromWireVariable(kind.value, at) };
    case "stalenessChanged":
      return { kind: "staleness-changed", variable: fromWireVariable(kind.value, at) };
    case "programPut":
      return { kind: "program-put", ...fromStoredProgram(kind.value, at) };
    case "programDeleted":
      return { kind: "program-deleted", id: kind.value };
    case "rulePut":
      return { kind: "rule-put", rule: fromStoredRule(kind.value) };
    case "ruleDeleted":
      return { kind: "rule-deleted", name: kind.value };
    case "spacePut":
      return { kind: "space-put", space: fromStoredSpace(kind.value, at) };
    case "spaceDeleted":
      return { kind: "space-deleted", name: kind.value };
    case "labelDeleted":
      return { kind: "label-deleted", name: kind.value };
    default:
      return fromRarer(kind, at);
  }
}

function fromRarer(kind: Kind, at: string): SessionEvent {
  switch (kind.case) {
    case "variableDeleted": {
      const { id, name, previous } = kind.value;
      const version = fromUint64(kind.value.version, `${at}.version`);
      const deleted = { kind: "variable-deleted", id, name, version } as const;
      return previous === undefined ? deleted : { ...deleted, previous: fromWireValue(previous, `${at}.previous`) };
    }
    case "dependencyAdded": {
      const { kind: dependency, ...added } = fromStoredAdded(kind.value, at);
      return { kind: "dependency-added", dependency, ...added };
    }
    case "dependencyRemoved": {
      const { variable, dependsOn, name } = kind.value;
      return { kind: "dependency-removed", variable, dependsOn, ...(name !== "" && { name }) };
    }
    case "dependencyChanged": {
      const { id, name, causedBy } = kind.value;
      return {
        kind: "dependency-changed",
        id,
        name,
        version: fromUint64(kind.value.version, `${at}.version`),
        causedBy,
      };
    }
    case "labelSet": {
      const { name, protected: isProtected, description } = kind.value;
      const revision = fromUint64(kind.value.revision, `${at}.revision`);
      return { kind: "label-set", label: { name, revision, protected: isProtected, description } };
    }
    case "optimizationStarted":
    case "optimizationReported":
    case "leaseRenewed":
    case "optimizationEnded":
      return fromStoredLeaseEvent(kind, at);
    case "sessionPermissionsSet":
      return { kind: "session-permissions-set", rules: fromWireAccessRules(kind.value.rules, `${at}.rules`) };
    case "variableImported": {
      const variable = fromWireVariable(kind.value.variable, `${at}.variable`);
      const versions = kind.value.versions.map((version, index) =>
        fromWireVersion(version, `${at}.versions[${index}]`),
      );
      const nextNumber = fromUint64(kind.value.nextNumber, `${at}.next_number`);
      return { kind: "variable-imported", variable, nextNumber, ...(versions.length > 0 && { versions }) };
    }
    default:
      throw refuseMessage(at, "is of a kind that is not known here");
  }
}

function fromStoredRegistered(event: StoredRegistered, at: string): VariableRegistered {
  const { id, name, type, description, readOnly, derivation, stale, accessRules } = event;
  return {
    kind: "variable-registered",
    id,
    number: fromUint64(event.number, `${at}.number`),
    name,
    type,
    payload: fromWireValue(event.value, `${at}.value`),
    constraints: shareRecord(fromWireRecord(event.constraints, `${at}.constraints`)),
    metadata: fromWireRecord(event.metadata, `${at}.metadata`),
    description,
    readOnly,
    ...(derivation !== undefined && { derivation: fromWireDerivation(derivation, `${at}.derivation`) }),
    ...(stale !== undefined && { stale }),
    ...(event.sensitive && { sensitive: true }),
    ...(accessRules.length > 0 && { accessRules: fromWireAccessRules(accessRules, `${at}.access_rules`) }),
  };
}

function fromStoredSet(event: StoredSet, at: string): VariableSet {
  const { id, name, previous, unchanged, rolledBackTo, causedBy, root } = event;
  return {
    kind: "variable-set",
    id,
    name,
    version: fromUint64(event.version, `${at}.version`),
    payload: fromWireValue(event.value, `${at}.value`),
    ...(previous !== undefined && { previous: fromWireValue(previous, `${at}.previous`) }),
    ...(unchanged && { unchanged }),
    ...(rolledBackTo !== undefined && { rolledBackTo: fromUint64(rolledBackTo, `${at}.rolled_back_to`) }),
    ...(root !== "" && { causedBy, root }),
  };
}
