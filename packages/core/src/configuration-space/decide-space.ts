import { checkName, checkText, checkWhole, parseRecord } from "../check-argument.ts";
import { checkRoom } from "../check-state.ts";
import type { CommandOf, DecideContext } from "../command.ts";
import { accept, type Decision, refuse } from "../decision.ts";
import { unknownVariable } from "../find-variable.ts";
import type { Parsed } from "../parse-value.ts";
import { findVariable, type SessionState } from "../session-state.ts";
import { type Refusal, refusal } from "../store-error.ts";
import type { ConfigurationSpace } from "./configuration-space.ts";

/** Decides on a configuration space: a new one, or another in the place of that of its name. */
export function decidePutSpace(state: SessionState, command: CommandOf<"put-space">, context: DecideContext): Decision {
  const { space, expectedVersion } = command;
  const { limits } = context;
  const before = state.spaces.get(space.name);
  const wrong =
    checkName(space.name, "space", limits.nameLength) ??
    checkExpected(space.name, before, expectedVersion) ??
    checkSpaceRoom(state, before, context) ??
    checkText(space.description, "description", limits.expressionLength);
  if (wrong !== undefined) return { kind: "refused", refusal: wrong };
  const metadata = parseRecord(space.metadata, "metadata", limits.metadataBytes);
  if (metadata.kind === "refused") return metadata;
  const variables = findAll(state, space.variables);
  if (variables.kind === "refused") return variables;
  const description = space.description ?? "";
  const stored = { name: space.name, description, variables: variables.value, metadata: metadata.value };
  return accept({ kind: "space-put", space: stored });
}

function findAll(state: SessionState, refs: readonly string[]): Parsed<readonly string[]> {
  const ids = new Set<string>();
  for (const ref of refs) {
    const variable = findVariable(state, ref);
    if (variable === undefined) return { kind: "refused", refusal: unknownVariable(ref) };
    if (ids.has(variable.id)) {
      const message = `variables: ${variable.name} is named twice`;
      return { kind: "refused", refusal: refusal("invalid_argument", message, { field: "variables", value: ref }) };
    }
    ids.add(variable.id);
  }
  if (ids.size > 0) return { kind: "parsed", value: [...ids] };
  return {
    kind: "refused",
    refusal: refusal("invalid_argument", "variables must not be empty", { field: "variables" }),
  };
}

function checkExpected(name: string, space: ConfigurationSpace | undefined, expected: number | undefined) {
  if (expected === undefined || space?.version === expected) return undefined;
  const wrong = checkWhole(expected, "expectedVersion", 0);
  if (wrong !== undefined) return wrong;
  if (space === undefined) return unknownSpace(name);
  const message = `configuration space ${name} is at version ${space.version}, not ${expected}`;
  return refusal("version_mismatch", message, { variable: name, expected, actual: space.version });
}

function checkSpaceRoom(
  { id, spaces }: SessionState,
  before: ConfigurationSpace | undefined,
  { limits }: DecideContext,
): Refusal | undefined {
  if (before !== undefined) return undefined;
  const limit = limits.spacesPerSession;
  return checkRoom(id, { of: "spaces", one: "configuration space", count: spaces.size, limit });
}

/** The refusal of a name that no configuration space has. */
export const unknownSpace = (name: string): Refusal<"not_found"> =>
  refusal("not_found", `Configuration space '${name}' not found`, { resource: "configuration_space", id: name });

/** Decides on the end of a configuration space; its variables stay. */
export function decideDeleteSpace(state: SessionState, { name, allowMissing }: CommandOf<"delete-space">): Decision {
  if (state.spaces.has(name)) return accept({ kind: "space-deleted", name });
  return allowMissing ? accept() : { kind: "refused", refusal: unknownSpace(name) };
}

/** Holds what a batch sets against the space that it is meant for. */
export function decideExpectSpace(state: SessionState, command: CommandOf<"expect-space">): Decision {
  const space = state.spaces.get(command.name);
  if (space === undefined) return { kind: "refused", refusal: unknownSpace(command.name) };
  const wrong = checkExpected(command.name, space, command.expectedVersion);
  if (wrong !== undefined) return { kind: "refused", refusal: wrong };
  const members = new Set(space.variables.filter((id) => isWritable(state, id)));
  for (const ref of command.refs) {
    const id = findVariable(state, ref)?.id;
    // What names no variable at all is refused where it is set.
    if (id === undefined || members.delete(id)) continue;
    const message = `${ref} is not a variable of configuration space ${command.name} that can be set`;
    return refuse("invalid_argument", message, { field: "values", value: ref });
  }
  if (command.allowIncomplete === true || members.size === 0) return accept();
  const missing = Array.from(members, (id) => state.variables.get(id)?.name ?? id).join(", ");
  const message = `values: configuration space ${command.name} needs a value for ${missing} too`;
  return refuse("invalid_argument", message, { field: "values" });
}

/** Derived and read-only members follow, or stay as they are. */
function isWritable(state: SessionState, id: string): boolean {
  const variable = state.variables.get(id);
  return variable !== undefined && !variable.readOnly && variable.derivation === undefined;
}
