import { parseRecord } from "./check-argument.ts";
import type { Limits } from "./limits.ts";
import type { Parsed } from "./parse-value.ts";
import type { ValueRecord } from "./payload.ts";

/** What a store adds to a variable's metadata by itself as values are written: by whom, when, why and between which versions. */
const ownNames: ReadonlySet<string> = new Set(["source", "updated_at", "reason", "rolled_back_from", "rolled_back_to"]);

/** Bytes that all of that takes at most; the longest is the id of a variable. */
const ownBytes = 2048;

/**
 * Takes the metadata of a variable, as {@link parseRecord} does. What the store itself adds does not count, so that a variable
 * whose metadata takes all the room can still be changed, restored, and moved to another session.
 */
export function parseMetadata(metadata: unknown, field: string, { metadataBytes }: Limits): Parsed<ValueRecord> {
  const whole = parseRecord(metadata, field, metadataBytes);
  if (whole.kind === "parsed" || whole.refusal.reason !== "limit_exceeded") return whole;
  const said = Object.entries(metadata as ValueRecord).filter(([name]) => !ownNames.has(name));
  const alone = parseRecord(Object.fromEntries(said), field, metadataBytes);
  return alone.kind === "refused" ? whole : parseRecord(metadata, field, metadataBytes + ownBytes);
}
