import { type Refusal, StoreError } from "@trimtab/core";

/** Throws a refusal, if there is one. */
export function refuseIf(refusal: Refusal | undefined): void {
  if (refusal !== undefined) throw new StoreError(refusal);
}
