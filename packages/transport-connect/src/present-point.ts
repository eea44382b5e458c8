import { parseVariableRef, type SessionPoint, type Store } from "@trimtab/core";

/** A time that no commit is later than: right after it is the present, whatever the session. */
const ahead: SessionPoint = { kind: "time", atMs: 9e12 };

/**
 * Gives a point of a session's history, which is the present where a request says none; of the session that a variable
 * belongs to, where the request names one.
 */
export async function pointOrPresent<P>(
  store: Store,
  session: string,
  point: P | undefined,
  ref = "",
): Promise<P | SessionPoint> {
  if (point !== undefined) return point;
  if (parseVariableRef(session, ref).owner !== session) return ahead;
  return { kind: "revision", revision: (await store.getSession(session)).revision };
}
