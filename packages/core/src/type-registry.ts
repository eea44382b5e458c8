import { iterable, list } from "./arguments/kind.ts";
import { requireArguments } from "./arguments/refuse-arguments.ts";
import { variableType } from "./arguments/shared-kinds.ts";
import type { AnyVariableType } from "./variable-type.ts";

/** The types a process knows, by name. */
export type TypeRegistry = ReadonlyMap<string, AnyVariableType>;

/**
 * Collects types into a registry.
 *
 * @throws StoreError `invalid_argument` for what is no type
 * @throws TypeError where two types share a name or a name is not `[a-z][a-z0-9_.-]*` of at most 64 characters
 */
export function createTypeRegistry(types: Iterable<AnyVariableType>): TypeRegistry {
  const registry = new Map<string, AnyVariableType>();
  requireArguments([["types", iterable]], [types]);
  const given = [...types];
  requireArguments([["types", list(variableType)]], [given]);
  for (const type of given) {
    if (!/^[a-z][a-z0-9_.-]{0,63}$/.test(type.name)) throw new TypeError(`"${type.name}" is no name for a type`);
    if (registry.has(type.name)) throw new TypeError(`two types are named "${type.name}"`);
    registry.set(type.name, type);
  }
  return registry;
}
