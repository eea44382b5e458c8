import { type CommitLog, checks, LogError } from "@trimtab/log";
import { placeOf } from "./sealed-log.ts";
import { checkSealer, isSealed, refuseSealed, type Sealer, tryToOpen } from "./sealer.ts";

/** Entries in the clear that are looked at before it is believed that there are no others. */
const mostPlain = 100;

/**
 * Makes sure that a log can be read before anything relies on it, by looking at the last entry of streams: as soon as one is opened that
 * was sealed all is well, as it is where there is none. Without a sealer none may be sealed. Entries in the clear, where they may be
 * there, say nothing of keys: after a hundred of them nothing else is looked for.
 *
 * @throws LogError where no entry that is sealed can be opened: `unsupported` where its key is not known, which `details.key` names;
 *   `damaged` where that has another secret, or where entries were never sealed
 */
export async function checkKeys(log: Pick<CommitLog, "streams" | "read">, sealer: Sealer | undefined): Promise<void> {
  checks.having("log", log, "streams", "read");
  if (sealer !== undefined) checkSealer(sealer);
  const refusal = await findRefusal(log, sealer);
  if (refusal === undefined) return;
  const given = sealer === undefined ? "without a key" : "with the keys that are given";
  const message = `the log cannot be read ${given}: ${refusal.message}`;
  throw new LogError(refusal.code, message, refusal.details, { cause: refusal });
}

/** Gives why nothing sealed can be opened, if so. */
async function findRefusal(
  log: Pick<CommitLog, "streams" | "read">,
  sealer: Sealer | undefined,
): Promise<LogError | undefined> {
  let refusal: LogError | undefined;
  let plain = 0;
  for await (const { stream, last } of log.streams()) {
    // What the disk has lost says nothing of keys, and is told when somebody asks for it.
    const read = await log.read(stream, last - 1, 1).catch(() => undefined);
    const entry = read?.kind === "entries" ? read.entries[0] : undefined;
    if (entry === undefined) continue;
    const place = placeOf("entry", stream, last);
    const refused = sealer === undefined ? refuseSealed(entry, { place }) : tryToOpen(sealer, entry, place);
    if (refused === undefined && isSealed(entry)) return undefined;
    refusal ??= refused;
    if (refused === undefined ? ++plain === mostPlain : sealer === undefined) break;
  }
  return refusal;
}
