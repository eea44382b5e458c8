import { isStoreError, type StoreError, storeError } from "@trimtab/core";
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
  return {
    passOver: (name) => (error) => {
      if (!isStoreError(error, "data_loss")) throw error;
      const { key } = error.details;
      const about = key === undefined ? `study ${name.session}/${name.id}` : `key ${key}`;
      if (told.has(about)) return;
      told.add(about);
      const others = key === undefined ? "" : `, nor is any other that was sealed with key ${key}`;
      const why = error.cause instanceof Error ? error.cause.message : error.message;
      const message = `study ${name.id} of session ${name.session} is not listed${others}: ${why}`;
      onDamage(storeError("data_loss", message, { ...error.details, session: name.session }, { cause: error }));
    },
  };
}
