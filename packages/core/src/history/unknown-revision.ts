import { type Refusal, refusal } from "../store-error.ts";

/** The refusal of a revision that is not kept, was never made, or belongs to an earlier session of the same id. */
export const unknownRevision = (point: string): Refusal<"not_found"> =>
  refusal("not_found", `Revision ${point} not found in the history that is kept`, { resource: "revision", id: point });
