import { createStoreClient } from "@trimtab/client";
import { describeStore } from "@trimtab/core/conformance";
import { openServer, transports } from "./open-server.ts";

const facts = { historyCommits: 20, bookmarkIntervalMs: 20 };

for (const [name, createTransport] of Object.entries(transports)) {
  describeStore(
    name,
    async () => {
      let ahead = 0;
      const clock = { now: () => Date.now() + ahead, elapsed: () => performance.now() + ahead };
      const store = { clock, snapshotEvery: 10, recentCommits: 16, ...facts };
      const server = await openServer({}, { store });
      const advance = (ms: number) => {
        ahead += ms;
      };
      return { store: createStoreClient(createTransport(server.url)), advance, close: () => server.close() };
    },
    facts,
  );
}
