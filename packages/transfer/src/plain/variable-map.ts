import { requireArguments, type Variable } from "@trimtab/core";
import { mappingArguments } from "./plain-arguments.ts";
import { type PlainValue, toPlainValue } from "./plain-value.ts";
import { type PlainVariable, toPlain } from "./plain-variable.ts";

/** A variable as it stands, as plain data under the names that every language uses; ready for JSON. */
export interface VariableMap extends Pick<PlainVariable, "id" | "name" | "type" | "constraints" | "metadata"> {
  readonly value: PlainValue;
  readonly version: number;
  /** ISO 8601, in UTC. */
  readonly created_at: string;
  /** ISO 8601, in UTC. */
  readonly last_updated_at: string;
  readonly optimizing: boolean;
}

/**
 * Puts a variable into a map that says how it stands. Whether it is being optimized is not part of a variable: the
 * `optimizing` of `getOptimizationStatus` says so. A module's name is bare text.
 */
export function toMap(variable: Variable, options: { optimizing?: boolean } = {}): VariableMap {
  requireArguments(mappingArguments, [variable, options]);
  const { optimizing = false } = options;
  const { id, name, type, constraints, metadata } = toPlain(variable);
  return {
    id,
    name,
    type,
    value: toPlainValue(variable.payload),
    constraints,
    metadata,
    version: variable.version,
    created_at: new Date(variable.createdAtMs).toISOString(),
    last_updated_at: new Date(variable.updatedAtMs).toISOString(),
    optimizing,
  };
}
