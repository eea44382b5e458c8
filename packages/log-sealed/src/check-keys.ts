import { type CommitLog, LogError } from "@trimtab/log";
import { placeOf } from "./sealed-log.ts";
import { isSealed, type Sealer } from "./sealer.ts";

/** Streams of which an entry is looked at. */
const lookedAt = 8;

/**
 * Makes sure that a log can be read before anything relies on it, by looking at the last entry of a few streams: as soon as one can be
 * opened all is well, as it is where there is none. Without a sealer entries must not be sealed.
 *
 * @throws LogError where none of them can be opened: `unsupported` where their key is not known, `damaged` where it has another
 *   secret, or where they were never sealed
 */
export async function checkKeys(log: Pick<CommitLog, "streams" | "read">, sealer: Sealer | undefined): Promise<void> {
  let refusal: LogError | undefined;
  let looks = 0;
  for await (const { stream, last } of log.streams()) {
    if (++looks > lookedAt) break;
    // What the disk has lost says nothing of keys, and is told when somebody asks for it.
    const read = await log.read(stream, last - 1, 1).catch(() => undefined);
    const entry = read?.kind === "entries" ? read.entries[0] : undefined;
    if (entry === undefined) continue;
    const refused = tryToOpen(entry, placeOf("entry", stream, last), sealer);
    if (refused === undefined) return;
    refusal ??= refused;
  }
  if (refusal === undefined) return;
  const given = sealer === undefined ? "without a key" : "with the keys that are given";
  const message = `the log cannot be read ${given}: ${refusal.message}`;
  throw new LogError(refusal.code, message, refusal.details, { cause: refusal });
}

function tryToOpen(entry: Uint8Array, place: string, sealer: Sealer | undefined): LogError | undefined {
  if (sealer === undefined) {
    return isSealed(entry) ? new LogError("unsupported", "what is stored is sealed", { place }) : undefined;
  }
  try {
    sealer.open(entry, place);
    return undefined;
  } catch (error) {
    if (error instanceof LogError) return error;
    throw error;
  }
}
