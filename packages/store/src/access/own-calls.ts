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
  const entries = ownMethods.map((name) => [name, guard(name)] as const);
  const refs = ofOwner.map((name) => [name, guardRef(name)] as const);
  return {
    ...(Object.fromEntries([...entries, ...refs]) as unknown as OwnCalls),
    async getOptimizationStatus(session, target) {
      access.act(session);
      if (target.kind === "variable") ownRef(session, target.ref, "the status of an optimization");
      return store.getOptimizationStatus(session, target);
    },
  };
}

/** Gives how a session's own variable is called in it; throws `not_owner` where a ref names another's. */
function ownRef(session: string, given: string, what: string): string {
  const { owner, ref } = parseVariableRef(session, given);
  if (owner === session) return ref;
  throw storeError("not_owner", `${what} of ${given} is for session ${owner} alone`, { session: owner, variable: ref });
}
