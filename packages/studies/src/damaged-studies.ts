import { isStoreError, type StoreError, tellUnlisted } from "@trimtab/core";
import type { StudyName } from "./study-info.ts";

/** Studies that cannot be read, which are left out of what is listed. */
export interface DamagedStudies {
  /**
   * Passes over what failed because a study cannot be read, and nothing else; tells of it once, and of a key that is missing once for all
   * studies that were sealed with it.
   */
  passOver(name: StudyName): (error: unknown) => undefined;
}

/** Makes an empty list. */
export function createDamagedStudies(onDamage: (error: StoreError) => void): DamagedStudies {
  const told = new Set<string>();
  const tell = tellUnlisted(onDamage);
  return {
    passOver:
      ({ session, id }) =>
      (error) => {
        if (!isStoreError(error, "data_loss")) throw error;
        const name = `${session}/${id}`;
        if (error.details.key === undefined && told.has(name)) return;
        if (error.details.key === undefined) told.add(name);
        tell({ what: `study ${id} of session ${session}`, session, error });
      },
  };
}
