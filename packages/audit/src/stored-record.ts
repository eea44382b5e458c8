import type { AuditEntry } from "@trimtab/core";
import type { CommitLog } from "@trimtab/log";
import { beginning, decodeSealed, isIntact, type SealedEntry } from "./chain.ts";

/** How entries become bytes and come back. */
export interface AuditCodec {
  /** Puts the entry of this number into bytes. */
  encode(entry: AuditEntry, number: number): Uint8Array;
  /** Reads the entry of this number; throws where the bytes are none of it. */
  decode(bytes: Uint8Array, number: number): AuditEntry;
}

/** An entry in its place. */
export interface RecordedEntry {
  readonly entry: AuditEntry;
  readonly hash: Uint8Array;
}

/** The stream that entries are in. */
export const auditStream = "audit";

/** The end of a record: the number of its last entry, and that one's hash. */
export interface RecordHead {
  readonly number: number;
  readonly hash: Uint8Array;
}

/** A stored entry and its place. */
export interface PlacedEntry {
  readonly number: number;
  readonly sealed: SealedEntry;
}

/** Reads the entries after a number up to and including another; those that are trimmed are left out. */
export async function readSealed(log: CommitLog, after: number, through: number): Promise<PlacedEntry[]> {
  const found: PlacedEntry[] = [];
  let position = after;
  while (position < through) {
    const read = await log.read(auditStream, position, through - position);
    if (read.kind === "trimmed") position = read.through;
    else if (read.entries.length === 0) break;
    else {
      for (const bytes of read.entries) {
        position++;
        const sealed = decodeSealed(bytes);
        if (sealed === undefined) throw new Error(`entry ${position} of the audit is of a layout that is not known`);
        found.push({ number: position, sealed });
      }
    }
  }
  return found;
}

/** Finds the end of a record. */
export async function readHead(log: CommitLog): Promise<RecordHead> {
  for await (const { stream, last } of log.streams()) {
    if (stream !== auditStream) continue;
    const [end] = await readSealed(log, last - 1, last);
    if (end !== undefined) return { number: end.number, hash: end.sealed.hash };
  }
  return { number: 0, hash: beginning };
}

/** What checking a record came to. */
export type ChainReport =
  | { readonly kind: "intact"; readonly entries: number; readonly head: RecordHead }
  /** The first entry that is not what was recorded, or does not follow from the one before it. */
  | { readonly kind: "broken"; readonly number: number; readonly why: "changed" | "does not follow" };

/** Checks that every entry is what it was sealed as and follows from the one before it. */
export async function verifyChain(log: CommitLog): Promise<ChainReport> {
  const { number: last } = await readHead(log);
  let head: RecordHead | undefined;
  let entries = 0;
  for (let after = 0; after < last; after += chunk) {
    for (const { number, sealed } of await readSealed(log, after, Math.min(last, after + chunk))) {
      // The first that is kept follows from what is trimmed; the first that ever was follows from nothing.
      const before = head?.hash ?? (number === 1 ? beginning : sealed.previous);
      if (!Buffer.from(sealed.previous).equals(before)) return { kind: "broken", number, why: "does not follow" };
      if (!isIntact(sealed)) return { kind: "broken", number, why: "changed" };
      head = { number, hash: sealed.hash };
      entries++;
    }
  }
  return { kind: "intact", entries, head: head ?? { number: 0, hash: beginning } };
}

const chunk = 1000;
