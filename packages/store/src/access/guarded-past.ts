import { type Store, StoreError, unknownVariable, type VariableVersion } from "@trimtab/core";
import { requireVariable } from "../variable-operations.ts";
import { type Foreign, type ForeignCalls, keyedAsSent } from "./foreign-calls.ts";

type GuardedPast = Pick<
  Store,
  "listVariableHistory" | "getVariableAt" | "rollbackVariable" | "rollbackVariables" | "exportVariables"
>;

/** Versions without the causes that their reader may not read. */
async function withKnownCauses(versions: readonly VariableVersion[], { may }: Foreign): Promise<VariableVersion[]> {
  const known = new Map<string, Promise<boolean>>();
  const isKnown = (id: string) => {
    const answer = known.get(id) ?? may(id, "read");
    known.set(id, answer);
    return answer;
  };
  return Promise.all(
    versions.map(async (version) => {
      if (version.causedBy === undefined) return version;
      const { causedBy, ...rest } = version;
      const answers = await Promise.all(causedBy.map(isKnown));
      const causes = causedBy.filter((_, index) => answers[index]);
      return causes.length === 0 ? rest : { ...rest, causedBy: causes };
    }),
  );
}

/** The past of variables, one's own and those of other sessions. */
export const createGuardedPast = ({ route }: ForeignCalls): GuardedPast => ({
  listVariableHistory: (session, ref, options) =>
    route({ session, refs: [ref], permissions: ["read"] }, async (to) => {
      const page = await to.store.listVariableHistory(to.session, to.strip(ref), options);
      return to.foreign === undefined ? page : { ...page, items: await withKnownCauses(page.items, to.foreign) };
    }),
  getVariableAt: (session, ref, at) =>
    route({ session, refs: [ref], permissions: ["read"] }, async (to) => {
      if (to.foreign === undefined) return to.store.getVariableAt(to.session, to.strip(ref), at);
      // Whoever bears the name now may be read; who bore it then may have been another one.
      const { state } = (await to.foreign.sessions.live(to.session)).runtime;
      const { id } = requireVariable(state, to.strip(ref));
      const { permissions: _, ...variable } = await to.store.getVariableAt(to.session, id, at);
      return variable;
    }),
  rollbackVariable: (session, ref, to, options) =>
    route({ session, refs: [ref], permissions: ["write"] }, (at) =>
      at.store.rollbackVariable(at.session, at.strip(ref), to, options),
    ),
  rollbackVariables(session, rollbacks, options) {
    const refs = rollbacks.map(({ ref }) => ref);
    return route({ session, refs, permissions: ["write"] }, async (to) => {
      const stripped = rollbacks.map((each) => ({ ...each, ref: to.strip(each.ref) }));
      const { applied, ...receipt } = await to.store.rollbackVariables(to.session, stripped, options);
      return { ...receipt, applied: keyedAsSent(applied, refs, to.strip) };
    });
  },
  exportVariables(session, options = {}) {
    const { refs = [] } = options;
    return route({ session, refs, permissions: ["read"] }, async (to) => {
      if (to.foreign === undefined) {
        const own = options.refs === undefined ? options : { ...options, refs: refs.map(to.strip) };
        return to.store.exportVariables(to.session, own);
      }
      const { state } = (await to.foreign.sessions.live(to.session)).runtime;
      const ids = refs.map((ref) => requireVariable(state, to.strip(ref)).id);
      const { pattern: _, types: __, space: ___, ...rest } = options;
      // Filters beside refs are about all of a session, of which another one sees what it names.
      const exported = await to.store.exportVariables(to.session, { ...rest, refs: ids });
      const lost = ids.find((id) => !exported.variables.some((variable) => variable.id === id));
      if (lost !== undefined) throw new StoreError(unknownVariable(lost));
      return exported;
    });
  },
});
