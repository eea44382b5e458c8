import { createStoreClient } from "@trimtab/client";
import { describeSessionLives, describeStore, describeStoreModel } from "@trimtab/core/conformance";
import { openServer, transports } from "./open-server.ts";

type StoreParts = NonNullable<NonNullable<Parameters<typeof openServer>[1]>["store"]>;

const facts = { historyCommits: 20, bookmarkIntervalMs: 20, expressions: true, access: true };

for (const [name, createTransport] of Object.entries(transports)) {
  const openWith = (options: StoreParts) => async () => {
    let ahead = 0;
    const clock = { now: () => Date.now() + ahead, elapsed: () => performance.now() + ahead };
    const server = await openServer({}, { store: { clock, ...options } });
    const advance = (ms: number) => {
      ahead += ms;
    };
    return { store: createStoreClient(createTransport(server.url)), advance, close: () => server.close() };
  };
  const { expressions: _, access: __, ...kept } = facts;
  describeStore(name, openWith({ snapshotEvery: 10, recentCommits: 16, ...kept }), facts);
  describeSessionLives(name, openWith({ snapshotEvery: 10, recentCommits: 16 }), { runs: 10 });
}

for (const [name, createTransport] of Object.entries(transports)) {
  const open = async () => {
    const server = await openServer();
    return { store: createStoreClient(createTransport(server.url)), close: () => server.close() };
  };
  describeStoreModel(name, open, { runs: 10 });
}
