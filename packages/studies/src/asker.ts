import { checkName, checkText, type Limits, type Origin, type StudyCallOptions, type WriteVia } from "@trimtab/core";
import { refuseIf } from "./refuse-if.ts";
import type { EntryHead } from "./study-entry.ts";

/** Who asks for something, how it came here, and under which id it is asked only once. */
export interface Asker {
  readonly actor: string | undefined;
  readonly origin: Origin | undefined;
  readonly via: WriteVia | undefined;
  readonly requestId: string | undefined;
}

/** A session that asks, and the one whose study it asks about. */
export interface Caller {
  readonly session: string;
  readonly owner: string;
}

/**
 * Makes what says who asks: the session that does, unless it says who is answerable.
 *
 * @throws StoreError `invalid_argument` for an actor or a request's id that is too long, or none
 */
export function askerOf(
  caller: Caller,
  { actor = caller.session, origin, via, requestId }: StudyCallOptions,
  { nameLength }: Pick<Limits, "nameLength">,
): Asker {
  refuseIf(checkText(actor, "actor", nameLength));
  if (requestId !== undefined) refuseIf(checkName(requestId, "requestId", nameLength));
  return { actor, origin, via, requestId: requestId === undefined ? undefined : requestOf(caller, requestId) };
}

/** What a study remembers a request by: those of one session are not those of another that chose the same id. */
export const requestOf = ({ session, owner }: Caller, requestId: string): string =>
  session === owner ? requestId : `${session}/${requestId}`;

/** What an entry says of whoever asked for it, and for which trials. */
export const headOf = (
  { asked, actor, origin = "typescript", via, requestId }: Partial<Asker> & { readonly asked: string },
  numbers: readonly number[],
): Omit<EntryHead, "atMs"> => ({
  ...(actor !== undefined && { actor }),
  ...(origin !== "typescript" && { origin }),
  ...(via !== undefined && { via }),
  ...(requestId !== undefined && { request: { id: requestId, asked, numbers } }),
});
