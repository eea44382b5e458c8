import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeCommitLog, describeSnapshotStore, describeSummaryStore } from "@trimtab/log/conformance";
import { afterAll } from "vitest";
import { openSqliteLog, type SqliteLog } from "./open-sqlite-log.ts";

const folders: string[] = [];
const open: SqliteLog[] = [];
afterAll(async () => {
  for (const one of open) await one.close();
  for (const folder of folders) await rm(folder, { recursive: true });
});

async function openFresh() {
  const directory = await mkdtemp(join(tmpdir(), "trimtab-log-"));
  folders.push(directory);
  let sqlite = await openSqliteLog({ directory });
  open.push(sqlite);
  const reopen = async () => {
    await sqlite.close();
    sqlite = await openSqliteLog({ directory });
    open.push(sqlite);
    return sqlite;
  };
  return { sqlite, reopen };
}

describeCommitLog("sqlite", async () => {
  const { sqlite, reopen } = await openFresh();
  return { log: sqlite.log, reopen: async () => (await reopen()).log };
});
describeSnapshotStore("sqlite", async () => (await openFresh()).sqlite.snapshots);
describeSummaryStore("sqlite", async () => (await openFresh()).sqlite.summaries);
