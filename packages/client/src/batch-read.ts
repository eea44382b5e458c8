import type { Found, GetVariablesOptions } from "@trimtab/core";
import { encodeFlag, encodeText, fromUint64, fromWireDependency, fromWireVariable } from "@trimtab/wire";
import type { BatchGetVariablesResponse } from "@trimtab/wire/services";

/** Takes which variables to read together, and what of them. */
export const encodeBatchRead = (
  session: string,
  refs: readonly string[],
  { includeMetadata, includeDependencies }: GetVariablesOptions,
) => ({
  sessionId: encodeText(session, "session"),
  variables: refs.map((ref) => encodeText(ref, "refs")),
  omitMetadata: includeMetadata === false,
  includeDependencies: encodeFlag(includeDependencies, "includeDependencies"),
});

/** Reads variables that were read together. */
export const readFound = (answer: BatchGetVariablesResponse, { includeDependencies }: GetVariablesOptions): Found => ({
  revision: fromUint64(answer.revision, "revision"),
  found: new Map(
    Object.entries(answer.variables).map(([ref, each]) => [ref, fromWireVariable(each, `variables.${ref}`)]),
  ),
  missing: answer.missing,
  ...(includeDependencies === true && {
    dependencies: new Map(
      Object.entries(answer.dependencies).map(([ref, { dependencies }]) => [
        ref,
        dependencies.map((each, index) => fromWireDependency(each, `dependencies.${ref}[${index}]`)),
      ]),
    ),
  }),
});
