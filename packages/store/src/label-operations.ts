import { type Label, readPattern, type SessionState, type Store, StoreError, unknownLabel } from "@trimtab/core";
import { refuseExpectedVersion } from "./expectations.ts";
import { pageAfter } from "./paging.ts";
import { revisionOf, stateAt } from "./past-states.ts";
import type { Sessions } from "./sessions.ts";

/** The part of a store that deals with labels. */
export function createLabelOperations(
  sessions: Sessions,
): Pick<Store, "setLabel" | "getLabel" | "listLabels" | "deleteLabel"> {
  const label = async (session: string, name: string) =>
    sessions.access(session, ({ runtime }) => requireLabel(runtime.state, name));
  return {
    async setLabel(
      session,
      name,
      { at, protected: isProtected, description, overrideProtection, expectedRevision, ...by } = {},
    ) {
      const revision =
        at === undefined
          ? undefined
          : await sessions.access(session, async ({ runtime }) => {
              const wanted = await revisionOf(runtime, at);
              // A label on what is not kept would name nothing.
              return (await stateAt(runtime, sessions.snapshots, wanted)).revision;
            });
      const command = {
        kind: "set-label",
        name,
        ...(revision !== undefined && { revision }),
        ...(isProtected !== undefined && { protected: isProtected }),
        ...(description !== undefined && { description }),
        ...(overrideProtection !== undefined && { overrideProtection }),
        ...(expectedRevision !== undefined && { expectedRevision }),
      } as const;
      const result = await sessions.write(session, [command], by);
      return { session, revision: result.revision, label: await label(session, name) };
    },
    getLabel: label,
    listLabels: (session, { pattern, ...page } = {}) =>
      sessions.access(session, ({ runtime }) => {
        const matches = readPattern(pattern);
        const labels = [...runtime.state.labels.values()].filter(({ name }) => matches(name));
        return pageAfter(labels, page, ({ name }) => [name]);
      }),
    async deleteLabel(
      session,
      name,
      { allowMissing = false, overrideProtection = false, expectedVersion, ...by } = {},
    ) {
      refuseExpectedVersion(expectedVersion, "a label has no version");
      const command = { kind: "delete-label", name, allowMissing, overrideProtection } as const;
      const { revision } = await sessions.write(session, [command], by);
      return { session, revision };
    },
  };
}

function requireLabel(state: SessionState, name: string): Label {
  const label = state.labels.get(name);
  if (label === undefined) throw new StoreError(unknownLabel(name));
  return label;
}
