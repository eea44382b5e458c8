import type { Commit } from "@trimtab/core";
import type { CommitLog, StreamEnd } from "@trimtab/log";
import type { AuditRecord } from "./audit-record.ts";
import { type AuditCodec, readHead, readSealed } from "./stored-record.ts";

/** What a record is held against. */
export interface RecoverOptions {
  readonly record: Pick<AuditRecord, "commit">;
  /** The log of the record. */
  readonly log: CommitLog;
  readonly codec: AuditCodec;
  /** The log of the commits, as it was before anything new was written. */
  readonly commits: CommitLog<Commit>;
}

/** How much older than the last entry a commit may be that has no entry: entries are made within moments. */
const marginMs = 60_000;

/**
 * Finds the commits that a process had no time to enter in its record, and gives the function that enters them. Finding them is
 * to come before the first new commit; entering them may take place beside what follows. A record without entries begins now.
 */
export async function recoverCommits({ record, log, codec, commits }: RecoverOptions): Promise<() => Promise<number>> {
  const { entered, sinceMs } = await readEnd(log, codec);
  if (sinceMs === undefined) return async () => 0;
  const ends: StreamEnd[] = [];
  for await (const end of commits.streams()) ends.push(end);
  return async () => {
    let count = 0;
    for (const end of ends) {
      for (const commit of await readSince(commits, end, sinceMs)) {
        if (entered.has(nameOf(commit.session, commit.revision))) continue;
        record.commit(commit);
        count++;
      }
    }
    return count;
  };
}

const nameOf = (session: string, revision: number) => `${revision}/${session}`;

/** The commits that the last entries are about, and since when all are to have been entered. */
async function readEnd(log: CommitLog, codec: AuditCodec) {
  const { number: last } = await readHead(log);
  const entered = new Set<string>();
  let sinceMs: number | undefined;
  for (let through = last; through > 0; through -= chunk) {
    const placed = await readSealed(log, Math.max(0, through - chunk), through);
    const entries = placed.map(({ number, sealed }) => codec.decode(sealed.entry, number));
    sinceMs ??= (entries.at(-1)?.recordedAtMs ?? 0) - marginMs;
    for (const { session, revision } of entries) entered.add(nameOf(session, revision));
    const [oldest] = entries;
    if (oldest === undefined || oldest.recordedAtMs < sinceMs - marginMs) break;
  }
  return { entered, sinceMs };
}

/** The commits of a session since a moment, oldest first. */
async function readSince(commits: CommitLog<Commit>, { stream, last }: StreamEnd, sinceMs: number): Promise<Commit[]> {
  let found: Commit[] = [];
  let size = 1;
  for (let through = last; through > 0; size = chunk) {
    const after = Math.max(0, through - size);
    const read = await commits.read(stream, after, through - after);
    if (read.kind === "trimmed" && read.through < through) {
      const rest = await commits.read(stream, read.through, through - read.through);
      return rest.kind === "entries" ? [...rest.entries.filter(({ atMs }) => atMs >= sinceMs), ...found] : found;
    }
    if (read.kind === "trimmed") return found;
    const recent = read.entries.filter(({ atMs }) => atMs >= sinceMs);
    found = [...recent, ...found];
    if (recent.length < read.entries.length || read.entries.length === 0) return found;
    through = after;
  }
  return found;
}

const chunk = 500;
