import type { VariableSpec } from "@trimtab/core";
import { fromWireAccessRules, toWireAccessRules } from "./access-rule.ts";
import { encodeFlag, encodeRecord, encodeText, encodeValue } from "./caller-data.ts";
import { fromWireDerivation, toWireDerivation } from "./derivation.ts";
import type { VariableSpec as WireVariableSpec } from "./gen/trimtab/v1/variable_pb.ts";
import { present } from "./present.ts";
import { refuseMessage } from "./refuse.ts";
import { fromWirePlain, fromWireRecord } from "./value.ts";

/**
 * Puts what a variable is registered with on the wire, as a caller gave it.
 *
 * @throws StoreError `invalid_argument` naming the part that is ill-formed text or data that no payload can hold
 */
export const toWireSpec = (spec: VariableSpec): WireVariableSpec => ({
  $typeName: "trimtab.v1.VariableSpec",
  name: encodeText(spec.name, "name"),
  type: encodeText(spec.type, "type"),
  constraints: encodeRecord(spec.constraints, "constraints"),
  description: encodeText(spec.description ?? "", "description"),
  metadata: encodeRecord(spec.metadata, "metadata"),
  readOnly: encodeFlag(spec.readOnly, "readOnly"),
  sensitive: encodeFlag(spec.sensitive, "sensitive"),
  accessRules: toWireAccessRules(spec.accessRules ?? [], "accessRules"),
  dependencies: (spec.dependencies ?? []).map((ref) => encodeText(ref, "dependencies")),
  ...(needsNoValue(spec) ? {} : { value: encodeFirst(spec) }),
  ...(spec.derivation !== undefined && { derivation: toWireDerivation(spec.derivation) }),
});

function encodeFirst({ name, value }: VariableSpec) {
  if (value === undefined) throw refuseMessage("value", `is required: ${name} is not derived`);
  return encodeValue(value, name || "value");
}

/** A derived variable may go without a value. */
const needsNoValue = ({ value, derivation }: { value?: unknown; derivation?: unknown }): boolean =>
  value === undefined && derivation !== undefined;

/**
 * Reads what a variable is registered with.
 *
 * @throws StoreError `invalid_argument` naming the part that is absent or no value
 */
export function fromWireSpec(spec: WireVariableSpec | undefined, path = "spec"): VariableSpec {
  if (spec === undefined) throw refuseMessage(path, "is required");
  return present({
    name: spec.name,
    type: spec.type,
    value: needsNoValue(spec) ? undefined : fromWirePlain(spec.value, `${path}.value`),
    constraints: fromWireRecord(spec.constraints, `${path}.constraints`),
    description: spec.description || undefined,
    metadata: fromWireRecord(spec.metadata, `${path}.metadata`),
    readOnly: spec.readOnly || undefined,
    sensitive: spec.sensitive || undefined,
    accessRules:
      spec.accessRules.length > 0 ? fromWireAccessRules(spec.accessRules, `${path}.access_rules`) : undefined,
    dependencies: spec.dependencies.length > 0 ? spec.dependencies : undefined,
    derivation: spec.derivation && fromWireDerivation(spec.derivation, `${path}.derivation`),
  });
}
