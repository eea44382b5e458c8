import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeStore, describeStoreModel } from "@trimtab/core/conformance";
import { openServer } from "./open-server.ts";

// What every store must hold, on disk: each test has a server and a folder of its own, which takes its time.

const facts = { historyCommits: 20, bookmarkIntervalMs: 20, expressions: true, access: true };

async function openOnDisk() {
  let ahead = 0;
  const clock = { now: () => Date.now() + ahead, elapsed: () => performance.now() + ahead };
  const { expressions: _, access: __, ...kept } = facts;
  const data = mkdtempSync(join(tmpdir(), "trimtab-data-"));
  const store = { clock, snapshotEvery: 10, recentCommits: 16, ...kept };
  const server = await openServer({ log: "sqlite", data }, { store });
  return {
    store: server.store,
    advance(ms: number) {
      ahead += ms;
    },
    async close() {
      await server.close();
      rmSync(data, { recursive: true, force: true });
    },
  };
}

describeStore("in process, on disk", openOnDisk, facts);
describeStoreModel("in process, on disk", openOnDisk);
