import { fromPayload, type Payload, type Store, type Variable, withoutPermissions } from "@trimtab/core";
import { entriesOf } from "../variable-operations.ts";
import { type ForeignCalls, keyedAsSent, type Route } from "./foreign-calls.ts";

type GuardedVariables = Pick<
  Store,
  | "getVariable"
  | "getVariables"
  | "setVariable"
  | "setVariables"
  | "updateVariable"
  | "deleteVariable"
  | "deleteVariables"
>;

/** Reads and writes of variables, one's own and those of other sessions. */
export const createGuardedVariables = (calls: ForeignCalls): GuardedVariables => ({
  ...createReads(calls),
  ...createWrites(calls),
});

const createReads = ({ route }: ForeignCalls): Pick<GuardedVariables, "getVariable" | "getVariables"> => ({
  getVariable: (session, ref) =>
    route({ session, refs: [ref], permissions: ["read"] }, (to) => to.store.getVariable(to.session, to.strip(ref))),
  getVariables: (session, refs) =>
    route({ session, refs, permissions: ["read"] }, async (to) => {
      const { revision, found, missing } = await to.store.getVariables(to.session, refs.map(to.strip));
      const absent = new Set(missing);
      return {
        revision,
        found: keyedAsSent(found, refs, to.strip),
        missing: missing.length === 0 ? missing : refs.filter((ref) => absent.has(to.strip(ref))),
      };
    }),
});

const createWrites = ({ route }: ForeignCalls): Omit<GuardedVariables, "getVariable" | "getVariables"> => ({
  setVariable: (session, ref, value, options) =>
    route({ session, refs: [ref], permissions: ["write"] }, (to) =>
      to.store.setVariable(to.session, to.strip(ref), value, options),
    ),
  setVariables(session, updates, options = {}) {
    const entries = entriesOf(updates);
    const expected = Object.entries(options.expectedVersions ?? {});
    const refs = [...entries.map(([ref]) => ref), ...expected.map(([ref]) => ref)];
    return route({ session, refs, permissions: ["write"] }, async (to) => {
      const expectedVersions = Object.fromEntries(expected.map(([ref, version]) => [to.strip(ref), version]));
      const given = entries.map(([ref, value]) => [to.strip(ref), value] as const);
      const { applied, refused, ...receipt } = await to.store.setVariables(to.session, given, {
        ...options,
        expectedVersions,
      });
      const asSent = <T>(map: ReadonlyMap<string, T>) => keyedAsSent(map, refs, to.strip);
      return { ...receipt, applied: asSent(applied), refused: asSent(refused) };
    });
  },
  updateVariable: (session, ref, changes, options) =>
    route({ session, refs: [ref], permissions: ["write"] }, async (to) =>
      asReadable(to, await to.store.updateVariable(to.session, to.strip(ref), changes, options)),
    ),
  deleteVariable: (session, ref, options) =>
    route({ session, refs: [ref], permissions: ["write"] }, (to) =>
      to.store.deleteVariable(to.session, to.strip(ref), options),
    ),
  deleteVariables: (session, refs, options) =>
    route({ session, refs, permissions: ["write"] }, (to) =>
      to.store.deleteVariables(to.session, refs.map(to.strip), options),
    ),
});

/** A variable that a write answers with: without its value for those who may write it and not read it. */
export async function asReadable({ foreign }: Route, variable: Variable): Promise<Variable> {
  if (foreign === undefined) return variable;
  return withoutPermissions((await foreign.may(variable.id, "read")) ? variable : withoutValue(variable));
}

const nothing: Payload = { kind: "null" };

/** A variable without what it holds and what it is made of. */
export function withoutValue(variable: Variable): Variable {
  const { derivation: _, stale: __, ...rest } = variable;
  return Object.freeze({ ...rest, payload: nothing, value: fromPayload(nothing), metadata: {} });
}
