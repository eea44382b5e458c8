import { isStoreError, type Store, saysSensitive, storeError } from "@trimtab/core";

/**
 * Rejects as a call does that was given parameters, but where these are refused for the value of a variable that is sensitive
 * says nothing of it.
 */
export async function withoutSensitive<T>(store: Store, session: string, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (!isStoreError(error, "invalid_argument") || error.details.value === undefined) throw error;
    const { field } = error.details;
    // What lies within the branches of a variable is named by a path that begins with its name.
    const [name = ""] = field.split("/");
    const variable = (await store.getVariables(session, [name])).found.get(name);
    if (variable === undefined || !saysSensitive(variable)) throw error;
    throw storeError("invalid_argument", `${field} has a value that the study does not search`, { field });
  }
}
