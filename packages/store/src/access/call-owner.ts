import { parseVariableRef, storeError } from "@trimtab/core";

/**
 * Finds the one session that all refs of a call name.
 *
 * @throws StoreError `invalid_argument` where they name several
 */
export function ownerOf(session: string, refs: readonly string[]): string {
  let owner: string | undefined;
  for (const ref of refs) {
    const target = parseVariableRef(session, ref);
    owner ??= target.owner;
    if (owner === target.owner) continue;
    const message = `${refs[0]} and ${ref} are variables of two sessions; one call is about one session's variables`;
    throw storeError("invalid_argument", message, { field: "variable", value: ref });
  }
  return owner ?? session;
}
