import type { SessionPoint, Store } from "@trimtab/core";

/** Gives a point of a session's history, which is the present where a request says none. */
export async function pointOrPresent<P>(
  store: Store,
  session: string,
  point: P | undefined,
): Promise<P | Extract<SessionPoint, { kind: "revision" }>> {
  if (point !== undefined) return point;
  return { kind: "revision", revision: (await store.getSession(session)).revision };
}
