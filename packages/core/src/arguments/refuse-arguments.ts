import { StoreError, storeError } from "../store-error.ts";
import type { Kind } from "./kind.ts";

/** Throws where arguments of a call are of another kind than they must be. */
export function requireArguments(kinds: Parameters<typeof refuseArguments>[0], args: readonly unknown[]): void {
  const refused = refuseArguments(kinds, args);
  if (refused !== undefined) throw refused;
}

/** What a call has failed with, in words about its arguments where one of them was of another kind than it must be. */
export const explained = (
  error: unknown,
  kinds: Parameters<typeof refuseArguments>[0],
  args: readonly unknown[],
): unknown => (error instanceof StoreError && !error.is("internal") ? error : (refuseArguments(kinds, args) ?? error));

/** Refuses arguments of which one is of another kind than it must be, or cannot be looked at. */
export function refuseArguments(
  kinds: readonly (readonly [name: string, kind: Kind<never>])[],
  args: readonly unknown[],
): StoreError | undefined {
  for (let index = 0; index < kinds.length; index++) {
    const [field, kind] = kinds[index] as (typeof kinds)[number];
    try {
      const refused = kind(args[index], field, true);
      if (refused !== undefined) return new StoreError(refused);
    } catch (cause) {
      return storeError("invalid_argument", `${field} cannot be read`, { field }, { cause });
    }
  }
  return undefined;
}
