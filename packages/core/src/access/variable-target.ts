import { notText } from "../check-argument.ts";
import { StoreError } from "../store-error.ts";

/** A variable as a caller names it: the session that it belongs to, and its id or name there. */
export interface VariableTarget {
  readonly owner: string;
  readonly ref: string;
}

/** Reads a ref: an id or a name is the calling session's own, `<session>/<id or name>` may be another one's. Throws `invalid_argument` for what is no text. */
export function parseVariableRef(session: string, ref: string): VariableTarget {
  if (typeof ref !== "string") throw new StoreError(notText(ref, "variable"));
  const slash = ref.indexOf("/");
  return slash < 0 ? { owner: session, ref } : { owner: ref.slice(0, slash), ref: ref.slice(slash + 1) };
}
