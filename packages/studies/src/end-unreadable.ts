import { endOf } from "@trimtab/log";
import { headOf } from "./asker.ts";
import { telling } from "./log-failures.ts";
import type { StudyEntry } from "./study-entry.ts";
import type { StudyName } from "./study-info.ts";
import type { Asked, StudyPlace } from "./study-log.ts";

/**
 * Ends a study that cannot be read: its end is appended behind what there is, so that whoever follows the log, an audit among them, hears
 * of it, and everything is freed. Gives `false`, having done nothing, where somebody else has appended meanwhile.
 */
export async function endUnreadable(
  { log, snapshots, now }: StudyPlace,
  { session, id }: StudyName,
  asked: Asked,
): Promise<boolean> {
  const stream = `${session}/${id}`;
  const last = await telling(session, endOf(log, stream));
  const end: StudyEntry = { kind: "study-deleted", ...headOf(asked, []), atMs: now() };
  if (!(await telling(session, log.append(stream, last, [end])))) return false;
  await telling(session, snapshots?.drop(stream) ?? Promise.resolve());
  await telling(session, log.trim(stream, last + 1));
  return true;
}
