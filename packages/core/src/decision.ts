import type { AccessGrant } from "./access/access-grant.ts";
import type { SessionEvent } from "./commit.ts";
import { type ErrorDetails, type ErrorReason, type Refusal, refusal } from "./store-error.ts";

/** What the decider says to a command: what then happens, possibly nothing, or why not. */
export type Decision =
  | {
      readonly kind: "accepted";
      readonly events: readonly SessionEvent[];
      /** The rules that let it through, where its caller does not own the session. */
      readonly grants?: readonly AccessGrant[];
    }
  | { readonly kind: "refused"; readonly refusal: Refusal };

/** Lets a command through. */
export const accept = (...events: SessionEvent[]): Decision => ({ kind: "accepted", events });

/** Lets a command through that one thing follows from, as nearly every write is. */
export const acceptOne = (event: SessionEvent): Decision => ({ kind: "accepted", events: [event] });

/** Refuses a command, in one expression. */
export const refuse = <R extends ErrorReason>(reason: R, message: string, details: ErrorDetails[R]): Decision => ({
  kind: "refused",
  refusal: refusal(reason, message, details) as Refusal,
});
