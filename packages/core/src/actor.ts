import type { DecideContext } from "./command.ts";
import type { Value } from "./payload.ts";
import { emptyRecord } from "./variable.ts";

/** Who is answerable for a write: whom it names, what its metadata says where that is no longer than a name, or the session. */
export function actorOf(session: string, { actor, metadata, access, limits }: DecideContext): string {
  if (actor) return actor;
  const { optimizer_id: optimizer, source } = metadata ?? emptyRecord;
  if (isActor(optimizer, limits.nameLength)) return optimizer;
  return isActor(source, limits.nameLength) ? source : (access?.caller.session ?? session);
}

const isActor = (said: Value | undefined, maxLength: number): said is string =>
  typeof said === "string" && said !== "" && said.length <= maxLength;
