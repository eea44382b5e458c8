import type { DecideContext } from "./command.ts";

/** Who is answerable for a write: whom it names, what its metadata says, or the session that made it. */
export function actorOf(session: string, { actor, metadata, access }: DecideContext): string {
  if (actor) return actor;
  const said = metadata?.["optimizer_id"] ?? metadata?.["source"];
  return typeof said === "string" && said !== "" ? said : (access?.caller.session ?? session);
}
