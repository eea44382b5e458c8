import type { AuditEntry } from "@trimtab/core";
import { isLogError } from "@trimtab/log";
import type { AuditDraft } from "./commit-entries.ts";
import { marginMs, type RecordEnd } from "./record-end.ts";
import { type AuditCodec, readSealed } from "./stored-record.ts";

/** What a record has last of a session, or of a study. */
export interface LastEntered {
  readonly revision: number;
  /** How many of that revision's entries it has. */
  readonly entries: number;
}

/** What was found of several sessions and studies. */
export interface FoundEntered {
  /** By {@link ownerOf}; what is not in here has no entry that was looked at. */
  readonly last: ReadonlyMap<string, LastEntered>;
  /** Where not all entries could be read: what is older may be in one of those. */
  readonly readSinceMs: number;
}

/** The session, or the study, that an entry is about. Neither has a "/" in its id. */
export const ownerOf = ({ session, study = "" }: Pick<AuditDraft, "session" | "study">): string =>
  `${session}/${study}`;

/** Entries of before a time, one after the other, by which it is known that there are no more of after it. */
const mostOlder = 5000;
const chunk = 500;

/** Finds the last that a record has of sessions and studies, each given with the time since when that matters. */
export async function findLastEntered(
  end: RecordEnd,
  sinceMs: number,
  wanted: ReadonlyMap<string, { readonly atMs: number }>,
): Promise<FoundEntered> {
  const found = new Map<string, LastEntered>();
  const open = new Set(wanted.keys());
  const mayBeFar = () => open.values().some((owner) => end.isOutOfOrder(wanted.get(owner)?.atMs ?? 0));
  /** The owner whose last revision is being counted. */
  let counted: string | undefined;
  let [older, oldestMs] = [0, Number.POSITIVE_INFINITY];
  for (let through = end.number; through > 0 && (open.size > 0 || counted !== undefined); through -= chunk) {
    const placed = await readSealed(end.log, Math.max(0, through - chunk), through);
    for (const { number, sealed } of placed.toReversed()) {
      const entry = readable(end.codec, sealed.entry, number);
      if (entry === undefined) return { last: found, readSinceMs: oldestMs };
      oldestMs = Math.min(oldestMs, entry.recordedAtMs);
      older = entry.recordedAtMs < sinceMs - marginMs ? older + 1 : 0;
      counted = count(entry, { found, open, counted });
    }
    if (placed.length === 0 || (older >= mostOlder && !mayBeFar())) break;
  }
  return { last: found, readSinceMs: Number.NEGATIVE_INFINITY };
}

interface Counting {
  readonly found: Map<string, LastEntered>;
  readonly open: Set<string>;
  readonly counted: string | undefined;
}

/** Counts an entry where it is of the last revision of its owner, and gives that owner. All entries of a revision follow one another. */
function count(entry: AuditEntry, { found, open, counted }: Counting): string | undefined {
  const owner = ownerOf(entry);
  // What was not done has no revision.
  if (entry.outcome !== "succeeded") return undefined;
  const before = counted === owner ? found.get(owner) : undefined;
  if (before?.revision === entry.revision) {
    found.set(owner, { ...before, entries: before.entries + 1 });
    return owner;
  }
  if (!open.delete(owner)) return undefined;
  found.set(owner, { revision: entry.revision, entries: 1 });
  return owner;
}

function readable(codec: AuditCodec, bytes: Uint8Array, number: number): AuditEntry | undefined {
  try {
    return codec.decode(bytes, number);
  } catch (error) {
    if (isLogError(error)) return undefined;
    throw error;
  }
}
