import { parseVariableRef, type Store, storeError } from "@trimtab/core";
import type { SessionAccess } from "./session-access.ts";

/** What is about one session and for that session alone. */
const ownMethods = [
  "getSession",
  "updateSession",
  "touchSession",
  "deleteSession",
  "registerVariable",
  "registerVariables",
  "listVariables",
  "putProgram",
  "getProgram",
  "listPrograms",
  "deleteProgram",
  "putRule",
  "getRule",
  "listRules",
  "deleteRule",
  "validateRule",
  "checkRules",
  "putConfigurationSpace",
  "getConfigurationSpace",
  "listConfigurationSpaces",
  "deleteConfigurationSpace",
  "getConfiguration",
  "applyConfiguration",
  "sampleConfigurations",
  "getSessionAt",
  "diffRevisions",
  "rollbackSession",
  "listCommits",
  "setLabel",
  "getLabel",
  "listLabels",
  "deleteLabel",
  "importVariables",
  "getOptimizationStatus",
  "listOptimizations",
  "listOptimizationHistory",
  "setVariablePermissions",
  "getVariablePermissions",
  "setSessionPermissions",
  "getSessionPermissions",
  "explainAccess",
] as const satisfies readonly (keyof Store)[];

type OwnCalls = Pick<Store, (typeof ownMethods)[number]>;

type Method = (session: string, ...rest: readonly unknown[]) => Promise<unknown>;

/** Among these, what names a variable: of another session's, nobody but that one is told or may set it. */
const ofOwner = ["setVariablePermissions", "getVariablePermissions", "explainAccess"] as const;

/** Among these, listings of what is about one variable where that is named, and what they list. */
const listedOfOwner = {
  listRules: "the rules",
  listCommits: "the commits",
  listOptimizations: "the optimizations",
  listOptimizationHistory: "the optimizations",
} as const satisfies Partial<Record<(typeof ownMethods)[number], string>>;

/** Lets a principal do what is for a session alone as the sessions that it may act as. */
export function createOwnCalls(store: Store, access: SessionAccess): OwnCalls {
  const guard =
    (name: (typeof ownMethods)[number]): Method =>
    async (session, ...rest) => {
      access.act(session);
      return (store[name] as Method)(session, ...rest);
    };
  const guardRef =
    (name: (typeof ofOwner)[number]): Method =>
    async (session, ref, ...rest) => {
      access.act(session);
      const variable = ownRef(session, String(ref), "the access rules");
      return (store[name] as Method)(session, variable, ...rest);
    };
  const guardListing =
    (name: keyof typeof listedOfOwner): Method =>
    async (session, options) => {
      access.act(session);
      const { variable } = (options ?? {}) as { variable?: string };
      if (variable === undefined) return store[name](session, options as object);
      return store[name](session, { ...(options as object), variable: ownRef(session, variable, listedOfOwner[name]) });
    };
  const entries = ownMethods.map((name) => [name, guard(name)] as const);
  const refs = ofOwner.map((name) => [name, guardRef(name)] as const);
  const listings = Object.keys(listedOfOwner) as (keyof typeof listedOfOwner)[];
  const listed = listings.map((name) => [name, guardListing(name)] as const);
  return {
    ...(Object.fromEntries([...entries, ...refs, ...listed]) as unknown as OwnCalls),
    async getOptimizationStatus(session, target) {
      access.act(session);
      const own = (given: string) => ownRef(session, given, "the optimizations");
      const named =
        target.kind === "variable" ? { ...target, ref: own(target.ref) } : { ...target, id: own(target.id) };
      return store.getOptimizationStatus(session, named);
    },
  };
}

/** Gives how what is a session's own is called in it; throws `not_owner` where a ref names another's. */
function ownRef(session: string, given: string, what: string): string {
  const { owner, ref } = parseVariableRef(session, given);
  if (owner === session) return ref;
  throw storeError("not_owner", `${what} of ${given} are for session ${owner} alone`, {
    session: owner,
    variable: ref,
  });
}
