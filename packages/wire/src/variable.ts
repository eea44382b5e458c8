import { fromPayload, shareRecord, type Variable } from "@trimtab/core";
import { fromWirePermissions, toWirePermissions } from "./access-rule.ts";
import { fromWireDerivation, fromWireStaleness, toWireDerivation, toWireStaleness } from "./derivation.ts";
import type { Variable as WireVariable } from "./gen/trimtab/v1/variable_pb.ts";
import { fromWireOrigin, toWireOrigin } from "./origin.ts";
import { toWireRecord } from "./plain-value.ts";
import { refuseMessage } from "./refuse.ts";
import { fromTimestamp, toTimestamp } from "./time.ts";
import { fromWireRecord, fromWireValue, toWireValue } from "./value.ts";
import { fromUint64, toUint64 } from "./whole-number.ts";

// A variable is immutable, so its message is made once for all the reads and watches that it goes out to.
const messages = new WeakMap<Variable, WireVariable>();

/** Puts a variable on the wire. One variable always gives the same message, which must not be written to. */
export function toWireVariable(variable: Variable): WireVariable {
  let message = messages.get(variable);
  if (message === undefined) {
    message = buildMessage(variable);
    messages.set(variable, message);
  }
  return message;
}

const buildMessage = (variable: Variable): WireVariable => ({
  $typeName: "trimtab.v1.Variable",
  id: variable.id,
  name: variable.name,
  type: variable.type,
  value: toWireValue(variable.payload),
  constraints: toWireRecord(variable.constraints),
  metadata: toWireRecord(variable.metadata),
  description: variable.description,
  version: toUint64(variable.version),
  revision: toUint64(variable.revision),
  createdAt: toTimestamp(variable.createdAtMs),
  updatedAt: toTimestamp(variable.updatedAtMs),
  updatedBy: variable.updatedBy,
  origin: toWireOrigin(variable.origin),
  readOnly: variable.readOnly,
  sensitive: variable.sensitive ?? false,
  ...(variable.derivation !== undefined && { derivation: toWireDerivation(variable.derivation) }),
  ...(variable.stale !== undefined && { stale: toWireStaleness(variable.stale) }),
  ...(variable.permissions !== undefined && { permissions: toWirePermissions(variable.permissions) }),
});

/**
 * Reads a variable, frozen as every variable is.
 *
 * @throws StoreError `invalid_argument` naming the part that is absent, out of range or no value
 */
export function fromWireVariable(variable: WireVariable | undefined, path = "variable"): Variable {
  if (variable === undefined) throw refuseMessage(path, "is required");
  const payload = fromWireValue(variable.value, `${path}.value`);
  return Object.freeze({
    id: variable.id,
    name: variable.name,
    type: variable.type,
    payload,
    value: fromPayload(payload),
    constraints: shareRecord(fromWireRecord(variable.constraints, `${path}.constraints`)),
    metadata: fromWireRecord(variable.metadata, `${path}.metadata`),
    description: variable.description,
    version: fromUint64(variable.version, `${path}.version`),
    revision: fromUint64(variable.revision, `${path}.revision`),
    createdAtMs: fromTimestamp(variable.createdAt, `${path}.created_at`),
    updatedAtMs: fromTimestamp(variable.updatedAt, `${path}.updated_at`),
    updatedBy: variable.updatedBy,
    origin: fromWireOrigin(variable.origin),
    readOnly: variable.readOnly,
    ...(variable.derivation && { derivation: fromWireDerivation(variable.derivation, `${path}.derivation`) }),
    ...(variable.stale && { stale: fromWireStaleness(variable.stale, `${path}.stale`) }),
    ...(variable.sensitive && { sensitive: true }),
    ...(variable.permissions && { permissions: fromWirePermissions(variable.permissions, `${path}.permissions`) }),
  });
}
