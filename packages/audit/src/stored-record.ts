import { type AuditEntry, requireArguments } from "@trimtab/core";
import type { CommitLog } from "@trimtab/log";
import { firstPartArguments } from "./argument-kinds.ts";
import { beginning, decodeSealed, type SealedEntry } from "./chain.ts";

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

/**
 * Finds where the first part of a record ends: the number of the last entry whose bytes are as those of that part are, 0 where there
 * is none. Reads a few entries, however many there are.
 */
export async function endOfFirstPart(log: CommitLog, isOfFirstPart: (entry: Uint8Array) => boolean): Promise<number> {
  requireArguments(firstPartArguments, [log, isOfFirstPart]);
  const { number: last } = await readHead(log);
  let [is, isNot] = [0, last + 1];
  while (isNot - is > 1) {
    const middle = Math.floor((is + isNot) / 2);
    const [placed] = await readSealed(log, middle - 1, middle);
    // What is trimmed came before all that is kept.
    if (placed === undefined || isOfFirstPart(placed.sealed.entry)) is = middle;
    else isNot = middle;
  }
  return is;
}
