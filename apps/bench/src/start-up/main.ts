import { cpSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Store } from "@trimtab/core";
import { openFolder } from "./open-folder.ts";

const sessionName = (i: number) => `session-${i}`;
const inSeconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`;
const inMebibytes = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MiB`;

/**
 * Builds a data folder of many commits and measures how soon it is of use: after a clean end, after a kill, and as a
 * folder without summaries, which is how the first version left them. Resolves to the exit status.
 */
export async function benchStartUp(isQuick: boolean): Promise<number> {
  const size = isQuick ? { sessions: 100, commits: 20_000 } : { sessions: 1000, commits: 1_000_000 };
  const parent = mkdtempSync(join(tmpdir(), "trimtab-start-up-"));
  const folder = join(parent, "data");
  try {
    const killed = `${folder}-killed`;
    await build(folder, killed, size);
    const without = `${folder}-without-summaries`;
    cpSync(folder, without, { recursive: true });
    const db = new DatabaseSync(join(without, "log.sqlite"));
    db.exec("DELETE FROM summary");
    db.close();
    console.log("| the folder | open | all sessions listed | one more session | 100 sessions read |");
    console.log("| --- | --- | --- | --- | --- |");
    await measureOpening("closed in order", folder, size.sessions);
    await measureOpening("after a kill", killed, size.sessions);
    await measureOpening("without summaries", without, size.sessions);
    return 0;
  } finally {
    rmSync(parent, { recursive: true });
  }
}

interface Size {
  readonly sessions: number;
  readonly commits: number;
}

async function build(folder: string, killed: string, { sessions, commits }: Size): Promise<void> {
  const startedAt = performance.now();
  const opened = await openFolder(folder);
  const perSession = commits / sessions;
  const writers = 64;
  const write = async (writer: number): Promise<void> => {
    for (let i = writer; i < sessions; i += writers) await fill(opened.store, sessionName(i), perSession);
  };
  await Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)));
  // Some more everywhere, so that what is stored of each session lags behind its log.
  await Promise.all(
    Array.from({ length: sessions }, (_, i) => opened.store.setVariable(sessionName(i), "temperature", i % 2)),
  );
  await opened.cut();
  cpSync(folder, killed, { recursive: true });
  const again = await openFolder(folder);
  await again.store.countSessions();
  for (let i = 0; i < sessions; i++) await again.store.touchSession(sessionName(i));
  await again.close();
  const { size } = statSync(join(folder, "log.sqlite"));
  const took = inSeconds(performance.now() - startedAt);
  console.log(`${commits} commits over ${sessions} sessions, built in ${took}; ${inMebibytes(size)} on disk\n`);
}

async function fill(store: Store, id: string, commits: number): Promise<void> {
  await store.createSession({ id, ttlMs: 10 ** 10, metadata: { team: "bench" } });
  await store.registerVariable(id, { name: "temperature", type: "float", value: 0.7, constraints: { min: 0, max: 2 } });
  for (let left = commits - 2; left > 0; left -= 50) {
    const writes = Math.min(left, 50);
    await Promise.all(Array.from({ length: writes }, (_, i) => store.setVariable(id, "temperature", (i % 20) / 10)));
  }
}

async function measureOpening(name: string, folder: string, sessions: number): Promise<void> {
  const timed = async (work: () => Promise<unknown>): Promise<string> => {
    const from = performance.now();
    await work();
    return inSeconds(performance.now() - from);
  };
  let opened: Awaited<ReturnType<typeof openFolder>> | undefined;
  const open = await timed(async () => (opened = await openFolder(folder)));
  if (opened === undefined) throw new Error("the folder did not open");
  const { store, close } = opened;
  const list = await timed(async () => {
    const count = await store.countSessions();
    if (count !== sessions) throw new Error(`${count} sessions instead of ${sessions}`);
    await store.listSessions({ pageSize: 1000 });
  });
  const create = await timed(() => store.createSession());
  const stride = Math.max(1, sessions / 100);
  const read = await timed(async () => {
    for (let i = 0; i < sessions; i += stride) await store.getVariable(sessionName(Math.floor(i)), "temperature");
  });
  console.log(`| ${name} | ${open} | ${list} | ${create} | ${read} |`);
  await close();
}
