import { type Space, storeError, type VariableDeclaration } from "@trimtab/core";

/** What a study searches: a region for each parameter, by name. */
export type SearchSpace = Readonly<Record<string, Space>>;

/**
 * Derives a search space from variables' declarations: each over what its own constraints allow.
 *
 * @throws StoreError `unbounded_space` naming a variable whose constraints leave no finite region to search
 */
export function toSearchSpace(variables: Readonly<Record<string, VariableDeclaration>>): SearchSpace {
  return Object.fromEntries(
    Object.entries(variables).map(([name, { type, constraints }]) => {
      const space = type.space(constraints);
      if (space !== undefined) return [name, space];
      const message = `${name}: its constraints leave no finite region to search, as min and max of a number do, or the choices of a text`;
      throw storeError("unbounded_space", message, { variable: name });
    }),
  );
}
