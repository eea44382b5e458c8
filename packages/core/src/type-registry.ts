import type { AnyVariableType } from "./variable-type.ts";

/** The types a process knows, by name. */
export type TypeRegistry = ReadonlyMap<string, AnyVariableType>;

/**
 * Collects types into a registry.
 *
 * @throws TypeError where two types share a name or a name is not `[a-z][a-z0-9_.-]*` of at most 64 characters
 */
export function createTypeRegistry(types: Iterable<AnyVariableType>): TypeRegistry {
  const registry = new Map<string, AnyVariableType>();
  for (const type of types) {
    if (!/^[a-z][a-z0-9_.-]{0,63}$/.test(type.name)) throw new TypeError(`"${type.name}" is no name for a type`);
    if (registry.has(type.name)) throw new TypeError(`two types are named "${type.name}"`);
    registry.set(type.name, type);
  }
  return registry;
}
