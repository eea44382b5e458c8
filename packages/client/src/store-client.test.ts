import { createRouterTransport } from "@connectrpc/connect";
import { createAccessControl } from "@trimtab/access-control";
import { describeStore } from "@trimtab/core/conformance";
import { cel } from "@trimtab/expressions";
import { createStore } from "@trimtab/store";
import { createRoutes } from "@trimtab/transport-connect";
import { builtinTypes } from "@trimtab/types";
import { createStoreClient } from "./create-store-client.ts";

const facts = { historyCommits: 20, bookmarkIntervalMs: 20, expressions: true, access: true };

/** A store whose clock can be moved and whose history is short enough to be outrun, behind a transport. */
async function openRemote(useBinaryFormat: boolean) {
  let ahead = 0;
  const store = createStore({
    types: builtinTypes,
    expressions: cel,
    access: createAccessControl({ expressions: cel }),
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
