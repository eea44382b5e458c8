import {
  type AccessRuleSpec,
  type ErrorReason,
  isStoreError,
  type Principal,
  type Store,
  type StoreError,
} from "@trimtab/core";
import { cel } from "@trimtab/expressions";
import { createStore, type LocalStore, type StoreOptions } from "@trimtab/store";
import { builtinTypes } from "@trimtab/types";
import { expect, onTestFinished } from "vitest";
import { createAccessControl } from "../create-access-control.ts";

/** A store in which session `owner` has variables and rules on them, and how `guest` and `other` see it. */
export interface SharedStore {
  readonly store: LocalStore;
  /** Acts as the session `guest`. */
  readonly guest: Store;
  /** Grants session `guest` permissions on a variable of `owner`, and takes back all others. */
  grant(variable: string, ...permissions: AccessRuleSpec["permissions"]): Promise<void>;
}

/** Makes a store that judges access, and whatever else it is to be. */
export const createJudgedStore = (options: Partial<StoreOptions> = {}): LocalStore =>
  createStore({
    types: builtinTypes,
    expressions: cel,
    access: createAccessControl({ expressions: cel }),
    ...options,
  });

/** Opens a store for one test; variables are registered in `owner`, and the session `guest` is there. */
export async function openShared(
  variables: Readonly<Record<string, number>> = { x: 1, y: 2 },
  principal: Partial<Principal> = {},
  clock?: StoreOptions["clock"],
): Promise<SharedStore> {
  const store = createJudgedStore({ bookmarkIntervalMs: 20, ...(clock !== undefined && { clock }) });
  onTestFinished(() => store.close());
  await store.createSession({ id: "owner" });
  await store.createSession({ id: "guest", metadata: { team: "search" } });
  for (const [name, value] of Object.entries(variables)) {
    await store.registerVariable("owner", { name, type: "float", value });
  }
  return {
    store,
    guest: store.as({ id: "bob", sessions: ["guest"], ...principal }),
    async grant(variable, ...permissions) {
      const rules = permissions.length === 0 ? [] : [{ sessionPattern: "guest", permissions }];
      await store.setVariablePermissions("owner", variable, rules);
    },
  };
}

/** Expects a rejection of one reason and gives the error. */
export async function rejection<R extends ErrorReason>(promise: Promise<unknown>, reason: R): Promise<StoreError<R>> {
  const outcome = await promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if (!("error" in outcome)) return expect.fail(`expected ${reason}, but it resolved`);
  if (!isStoreError(outcome.error, reason)) throw outcome.error;
  return outcome.error;
}
