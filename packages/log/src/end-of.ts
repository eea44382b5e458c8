import type { CommitLog } from "./commit-log.ts";

/** Gives the number of the last entry of a stream, trimmed or not, without reading any; 0 where there never was one. */
export async function endOf<Entry>(log: Pick<CommitLog<Entry>, "read">, stream: string): Promise<number> {
  const beyond = await log.read(stream, Number.MAX_SAFE_INTEGER, 1);
  return beyond.kind === "entries" ? beyond.first - 1 : beyond.through;
}
