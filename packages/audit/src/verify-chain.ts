import { requireArguments } from "@trimtab/core";
import type { CommitLog } from "@trimtab/log";
import { chainArguments } from "./argument-kinds.ts";
import { beginning, isIntact } from "./chain.ts";
import { type RecordHead, readHead, readSealed } from "./stored-record.ts";

/** What checking a record came to. */
export type ChainReport =
  | { readonly kind: "intact"; readonly entries: number; readonly head: RecordHead }
  /** The first entry that is not what was recorded, does not follow from the one before it, or is refused by whoever checks it. */
  | { readonly kind: "broken"; readonly number: number; readonly why: "changed" | "does not follow" | "refused" };

/** Entries that are read at a time. */
const chunkEntries = 1000;

/**
 * Checks that every entry is what it was sealed as and follows from the one before it.
 *
 * @param accepts is asked of each entry's bytes, in order, once they are known to be what they were
 */
export async function verifyChain(
  log: CommitLog,
  accepts: (entry: Uint8Array, number: number) => boolean = () => true,
): Promise<ChainReport> {
  requireArguments(chainArguments, [log, accepts]);
  const { number: last } = await readHead(log);
  let head: RecordHead | undefined;
  let entries = 0;
  for (let after = 0; after < last; after += chunkEntries) {
    for (const { number, sealed } of await readSealed(log, after, Math.min(last, after + chunkEntries))) {
      // The first that is kept follows from what is trimmed; the first that ever was follows from nothing.
      const before = head?.hash ?? (number === 1 ? beginning : sealed.previous);
      if (!Buffer.from(sealed.previous).equals(before)) return { kind: "broken", number, why: "does not follow" };
      if (!isIntact(sealed)) return { kind: "broken", number, why: "changed" };
      if (!accepts(sealed.entry, number)) return { kind: "broken", number, why: "refused" };
      head = { number, hash: sealed.hash };
      entries++;
    }
  }
  return { kind: "intact", entries, head: head ?? { number: 0, hash: beginning } };
}
