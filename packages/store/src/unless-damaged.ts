import { isStoreError } from "@trimtab/core";

/** Passes over what is damaged, and nothing else: for a `catch` where something else is as good, or there are others to go on with. */
export function unlessDamaged(error: unknown): undefined {
  if (!isStoreError(error, "data_loss")) throw error;
}
