import type { CommitLog } from "@trimtab/log";

/** What a process leaves beside its record when it begins, for the next one. */
export interface StartNote {
  /** When it began, by the wall clock, in milliseconds since the Unix epoch. */
  readonly startedMs: number;
  /** Number of the last entry before it. */
  readonly after: number;
  /** The latest time of any entry before it that was the last one at a start. */
  readonly latestMs?: number;
  /** By source: since when it may hold what has no entry, until that was looked for. */
  readonly unfinished: Readonly<Record<string, number>>;
}

/** The stream of these notes, beside that of the entries. Only the last is kept. */
const startStream = "starts";

/** Reads what the process before has left; `undefined` where there is nothing to read. */
export async function readStart(log: CommitLog): Promise<StartNote | undefined> {
  const last = await lastNumber(log);
  if (last === 0) return undefined;
  const read = await log.read(startStream, last - 1);
  const [bytes] = read.kind === "entries" ? read.entries : [];
  return bytes && JSON.parse(new TextDecoder().decode(bytes));
}

/** Keeps a note in place of the one before; resolves once it is durable. */
export async function writeStart(log: CommitLog, note: StartNote): Promise<void> {
  const last = await lastNumber(log);
  await log.append(startStream, last, [new TextEncoder().encode(JSON.stringify(note))]);
  await log.trim(startStream, last);
}

async function lastNumber(log: CommitLog): Promise<number> {
  for await (const { stream, last } of log.streams()) if (stream === startStream) return last;
  return 0;
}
