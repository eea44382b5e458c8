import { createRouterTransport } from "@connectrpc/connect";
import { describeStore } from "@trimtab/core/conformance";
import { createRoutes } from "@trimtab/transport-connect";
import { createStoreClient } from "./create-store-client.ts";
import { createJudgedStore } from "./test-parts/open-remote.ts";

const facts = { historyCommits: 20, bookmarkIntervalMs: 20, expressions: true, access: true };

/** A store whose clock can be moved and whose history is short enough to be outrun, behind a transport. */
async function openRemote(useBinaryFormat: boolean) {
  let ahead = 0;
  const store = createJudgedStore({
    clock: { now: () => Date.now() + ahead, elapsed: () => performance.now() + ahead },
    historyCommits: facts.historyCommits,
    snapshotEvery: 10,
    recentCommits: 16,
    bookmarkIntervalMs: facts.bookmarkIntervalMs,
  });
  const anyone = store.as({ id: "", sessions: ["*"], believesSession: true });
  const routes = createRoutes({ store, storeFor: () => anyone, types: store.types });
  const transport = createRouterTransport(routes, { transport: { useBinaryFormat } });
  const advance = (ms: number) => {
    ahead += ms;
  };
  return { store: createStoreClient(transport), advance, close: () => store.close() };
}

describeStore("over a transport, in binary", () => openRemote(true), facts);
describeStore("over a transport, in JSON", () => openRemote(false), facts);
