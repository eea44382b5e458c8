import { createStoreClient } from "@trimtab/client";
import { describeStore, describeStoreModel } from "@trimtab/core/conformance";
import { openServer, transports } from "./open-server.ts";

const facts = { historyCommits: 20, bookmarkIntervalMs: 20, expressions: true, access: true };

for (const [name, createTransport] of Object.entries(transports)) {
  describeStore(
    name,
    async () => {
      let ahead = 0;
      const clock = { now: () => Date.now() + ahead, elapsed: () => performance.now() + ahead };
      const { expressions: _, access: __, ...kept } = facts;
      const store = { clock, snapshotEvery: 10, recentCommits: 16, ...kept };
      const server = await openServer({}, { store });
      const advance = (ms: number) => {
        ahead += ms;
      };
      return { store: createStoreClient(createTransport(server.url)), advance, close: () => server.close() };
    },
    facts,
  );
}

for (const [name, createTransport] of Object.entries(transports)) {
  const open = async () => {
    const server = await openServer();
    return { store: createStoreClient(createTransport(server.url)), close: () => server.close() };
  };
  describeStoreModel(name, open, { runs: 10 });
}
