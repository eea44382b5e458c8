import { type StudyCallOptions, storeError } from "@trimtab/core";
import { fromWireContext } from "@trimtab/wire";
import type { WriteContext } from "@trimtab/wire/services";

/**
 * Reads who asks for something of a study that writes nothing to the session, which metadata could be about and a lease could allow.
 *
 * @throws StoreError `unimplemented` where there is either
 */
export function askerOf(context: WriteContext | undefined): StudyCallOptions {
  const { metadata, lease, ...by } = fromWireContext(context);
  if (metadata !== undefined) throw notServed("metadata");
  if (lease !== undefined) throw notServed(lease.optimization === "" ? "fencing_token" : "optimization_id");
  return by;
}

const notServed = (field: string) =>
  storeError("unimplemented", `context.${field} is not supported where nothing is written to the session`, {
    feature: `context.${field}`,
  });
