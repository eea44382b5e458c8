import {
  type BatchWritten,
  type Found,
  fromPayload,
  type GetVariablesOptions,
  type Payload,
  type Store,
  updateEntries,
  type Variable,
  withoutPermissions,
} from "@trimtab/core";
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
  getVariables: (session, refs, options) =>
    route({ session, refs, permissions: ["read"] }, async (to) => {
      const read = to.store.getVariables(to.session, refs.map(to.strip), options);
      const { revision, found, missing, dependencies } = await read.catch(async (error: unknown) => {
        if ((await to.foreign?.refusal()) === undefined) throw error;
        return nothingFound(refs, options);
      });
      // Who may see nothing of a session is not told how far it has come either, nor that it is there.
      if (found.size === 0 && (await to.foreign?.refusal()) !== undefined) return nothingFound(refs, options);
      const absent = new Set(missing);
      return {
        revision,
        found: keyedAsSent(found, refs, to.strip),
        missing: missing.length === 0 ? missing : refs.filter((ref) => absent.has(to.strip(ref))),
        ...(dependencies !== undefined && { dependencies: keyedAsSent(dependencies, refs, to.strip) }),
      };
    }),
});

const nothingFound = (missing: readonly string[], options: GetVariablesOptions | undefined): Found => ({
  revision: 0,
  found: new Map(),
  missing,
  ...(options?.includeDependencies === true && { dependencies: new Map() }),
});

const createWrites = ({ route }: ForeignCalls): Omit<GuardedVariables, "getVariable" | "getVariables"> => ({
  setVariable: (session, ref, value, options) =>
    route({ session, refs: [ref], permissions: ["write"] }, (to) =>
      to.store.setVariable(to.session, to.strip(ref), value, options),
    ),
  setVariables(session, updates, options = {}) {
    const entries = updateEntries(updates);
    const expected = Object.entries(options.expectedVersions ?? {});
    const refs = [...entries.map(([ref]) => ref), ...expected.map(([ref]) => ref)];
    return route({ session, refs, permissions: ["write"] }, async (to) => {
      const expectedVersions = Object.fromEntries(expected.map(([ref, version]) => [to.strip(ref), version]));
      const given = entries.map(([ref, value]) => [to.strip(ref), value] as const);
      const wanted = { ...options, expectedVersions };
      const { applied, refused, ...receipt } = await to.store
        .setVariables(to.session, given, wanted)
        .catch(async (error: unknown): Promise<BatchWritten> => {
          const refusal = options.atomic === false ? await to.foreign?.refusal() : undefined;
          if (refusal === undefined) throw error;
          const every = new Map(given.map(([ref]) => [ref, refusal.items.get(ref) ?? refusal]));
          return { session: to.session, revision: 0, applied: new Map(), refused: every };
        });
      // Who may do nothing there is not told how far the session has come either.
      if (applied.size === 0 && refused.size > 0 && (await to.foreign?.refusal()) !== undefined) receipt.revision = 0;
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
