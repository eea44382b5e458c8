import { setTimeout as sleep } from "node:timers/promises";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { createStoreClient } from "@trimtab/client";
import { isStoreError, type Session, type Store } from "@trimtab/core";
import { verifySqliteLog } from "@trimtab/log-sqlite";
import { expect, test } from "vitest";
import { createRandom } from "./test-parts/seeded-random.ts";
import { startProcess } from "./test-parts/server-process.ts";
import { temporaryFolder } from "./test-parts/temporary-folder.ts";

const rounds = 15;
const sessions = 24;
const seed = 5;
/** Far fewer in memory than there are, so that they come and go while they are written to. */
const settings = ["--log", "sqlite", "--max-loaded-sessions", "6", "--history-commits", "300"];

/** What was acknowledged of each session: the last value, and how many programs. */
interface Acknowledged {
  value: number;
  programs: number;
}

/** Writes to one session until the server is gone. */
async function write(store: Store, id: string, known: Acknowledged): Promise<void> {
  try {
    for (;;) {
      await store.setVariable(id, "n", known.value + 1, { metadata: { of: id } });
      known.value++;
      if (known.value % 7 !== 0) continue;
      await store.putProgram(id, `p${known.programs}`, { n: known.value });
      known.programs++;
    }
  } catch (error) {
    if (!isStoreError(error, "unavailable")) throw error;
  }
}

/** What one session says of itself, without what depends on when one asks. */
const lasting = ({ lastAccessedAtMs: _, stats, ...session }: Session) => {
  const { ageMs: __, timeSinceAccessMs: ___, ...counts } = stats;
  return { ...session, ...counts };
};

/** Compares what is listed with what each session says once it is loaded, and both with what was acknowledged. */
async function check(store: Store, known: ReadonlyMap<string, Acknowledged>): Promise<void> {
  const listed = new Map((await store.listSessions({ pageSize: 1000 })).items.map((item) => [item.id, item]));
  expect(new Set(listed.keys())).toEqual(new Set(known.keys()));
  for (const [id, acknowledged] of known) {
    const { value, version } = await store.getVariable(id, "n");
    const session = await store.getSession(id);
    expect(lasting(listed.get(id) ?? expect.fail(`${id} is not listed`))).toEqual(lasting(session));
    // One write at a time was on its way: it is there or it is not.
    expect(value).toBe(version);
    expect([acknowledged.value, acknowledged.value + 1]).toContain(value);
    expect([acknowledged.programs, acknowledged.programs + 1]).toContain(session.stats.programCount);
    expect(session.revision).toBe(2 + version + session.stats.programCount);
    acknowledged.value = version;
    acknowledged.programs = session.stats.programCount;
  }
}

test(`${rounds} kills of a server: what it acknowledged is there, and sessions are listed as they are (seed ${seed})`, async ({
  annotate,
}) => {
  const random = createRandom(seed);
  const data = temporaryFolder();
  const known = new Map<string, Acknowledged>();
  for (let round = 0; round < rounds; round++) {
    const server = await startProcess([...settings, "--data", data]);
    const store = createStoreClient(createGrpcTransport({ baseUrl: server.url }));
    if (round === 0) {
      for (let i = 0; i < sessions; i++) {
        await store.createSession({ id: `s${i}` });
        await store.registerVariable(`s${i}`, { name: "n", type: "integer", value: 0 });
        known.set(`s${i}`, { value: 0, programs: 0 });
      }
    }
    await check(store, known);
    const writing = Array.from(known, ([id, acknowledged]) => write(store, id, acknowledged));
    await sleep(random.whole(20, 400));
    server.signal("SIGKILL");
    await Promise.all(writing);
    await server.exited;
  }
  expect(await verifySqliteLog(data)).toMatchObject({ damages: 0 });
  const total = [...known.values()].reduce((sum, { value }) => sum + value, 0);
  expect(total).toBeGreaterThan(rounds);
  await annotate(`${total} acknowledged writes`);
});
