import { type ApplyTrialOptions, type Store, storeError } from "@trimtab/core";
import type { Trial } from "@trimtab/optimize";
import { randomId } from "./random-id.ts";
import type { Application } from "./study-entry.ts";

/**
 * Plans to write a trial's parameters to the variables that there are now: what they were, and at which versions.
 *
 * @throws StoreError `not_found` where one of them is gone
 */
export async function planApplication(
  store: Store,
  { session, trial, caller }: { readonly session: string; readonly trial: Trial; readonly caller: string | undefined },
  { requestId, lease, expectedVersions }: ApplyTrialOptions,
): Promise<Application> {
  const names = Object.keys(trial.parameters);
  const { found, missing } = await store.getVariables(session, names);
  const [gone] = missing;
  if (gone !== undefined) {
    throw storeError("not_found", `there is no variable ${gone}`, { resource: "variable", id: gone });
  }
  const present = [...found.values()];
  const token = randomId();
  return {
    token,
    number: trial.number,
    requestId: requestId ?? token,
    ...(caller !== undefined && { caller }),
    ...(lease !== undefined && { lease }),
    before: Object.fromEntries(present.map(({ name, value }) => [name, value])),
    expectedVersions: {
      ...Object.fromEntries(present.map(({ name, version }) => [name, version])),
      ...expectedVersions,
    },
    ids: Object.fromEntries(present.map(({ id, name }) => [name, id])),
  };
}
