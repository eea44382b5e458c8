import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeStore, describeStoreModel } from "@trimtab/core/conformance";
import type { StoreOptions } from "@trimtab/store";
import { openServer } from "./open-server.ts";

// What every store must hold, on disk: each test has a server and a folder of its own, which takes its time.

const facts = { historyCommits: 20, bookmarkIntervalMs: 20, expressions: true, access: true };

const openOnDisk =
  (parts: Partial<StoreOptions> = {}, { restarts = false } = {}) =>
  async () => {
    let ahead = 0;
    const clock = { now: () => Date.now() + ahead, elapsed: () => performance.now() + ahead };
    const { expressions: _, access: __, ...kept } = facts;
    const data = mkdtempSync(join(tmpdir(), "trimtab-data-"));
    const store = { clock, snapshotEvery: 10, recentCommits: 16, ...kept, ...parts };
    const start = () => openServer({ log: "sqlite", data }, { store });
    let server = await start();
    return {
      store: server.store,
      ...(restarts && {
        async reopen() {
          await server.close();
          server = await start();
          return server.store;
        },
      }),
      advance(ms: number) {
        ahead += ms;
      },
      async close() {
        await server.close();
        rmSync(data, { recursive: true, force: true });
      },
    };
  };

describeStore("in process, on disk", openOnDisk(), facts);
// Programs make more commits while a watch is away than the suite above keeps, and none of them may be missed.
const long = { historyCommits: 10_000 };
describeStoreModel("in process, on disk", openOnDisk(long));
describeStoreModel("in process, on disk, on servers that start again", openOnDisk(long, { restarts: true }), {
  runs: 20,
});
// Each session leaves memory as soon as nobody uses or watches it, so that every call finds it on the disk.
describeStoreModel("in process, on disk, with sessions leaving memory", openOnDisk({ ...long, maxLoadedSessions: 0 }));
