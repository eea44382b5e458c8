import type { Configuration, ConfigurationSpace, Value } from "@trimtab/core";
import type {
  Configuration as WireConfiguration,
  ConfigurationSpace as WireConfigurationSpace,
} from "./gen/trimtab/v1/rule_pb.ts";
import { toWirePlain, toWireRecord } from "./plain-value.ts";
import { refuseMessage } from "./refuse.ts";
import { fromTimestamp, toTimestamp } from "./time.ts";
import { fromWirePlain, fromWireRecord } from "./value.ts";
import { fromUint64, toUint64 } from "./whole-number.ts";

/** Puts a configuration space on the wire. */
export const toWireSpace = (space: ConfigurationSpace): WireConfigurationSpace => ({
  $typeName: "trimtab.v1.ConfigurationSpace",
  name: space.name,
  description: space.description,
  variableIds: [...space.variables],
  metadata: toWireRecord(space.metadata),
  version: toUint64(space.version),
  createdAt: toTimestamp(space.createdAtMs),
  updatedAt: toTimestamp(space.updatedAtMs),
  revision: toUint64(space.revision),
});

/**
 * Reads a configuration space.
 *
 * @throws StoreError `invalid_argument` naming the part that is absent or out of range
 */
export function fromWireSpace(space: WireConfigurationSpace | undefined, path = "space"): ConfigurationSpace {
  if (space === undefined) throw refuseMessage(path, "is required");
  return {
    name: space.name,
    description: space.description,
    variables: space.variableIds,
    metadata: fromWireRecord(space.metadata, `${path}.metadata`),
    version: fromUint64(space.version, `${path}.version`),
    createdAtMs: fromTimestamp(space.createdAt, `${path}.created_at`),
    updatedAtMs: fromTimestamp(space.updatedAt, `${path}.updated_at`),
    revision: fromUint64(space.revision, `${path}.revision`),
  };
}

/** Puts values by variable name on the wire. A variable may be called anything, `__proto__` too. */
export const toWireConfiguration = (configuration: Configuration): WireConfiguration => ({
  $typeName: "trimtab.v1.Configuration",
  values: Object.fromEntries(Object.entries(configuration).map(([name, value]) => [name, toWirePlain(value)])),
});

/**
 * Reads values by variable name.
 *
 * @throws StoreError `invalid_argument` naming the part that is absent or no value
 */
export function fromWireConfiguration(
  configuration: WireConfiguration | undefined,
  path = "configuration",
): Configuration {
  if (configuration === undefined) throw refuseMessage(path, "is required");
  return Object.fromEntries(
    Object.entries(configuration.values).map(([name, value]): [string, Value] => [
      name,
      fromWirePlain(value, `${path}.values.${name}`),
    ]),
  );
}
