import { describeStore, describeStoreArguments, describeStranger } from "@trimtab/core/conformance";
import { createJudgedStore } from "./test-parts/open-shared.ts";

const facts = { historyCommits: 20, bookmarkIntervalMs: 20, expressions: true, access: true };

/** A store as its principal sees it, which may act as every session: nothing may be different for it. */
async function openGuarded() {
  let ahead = 0;
  const store = createJudgedStore({
    clock: { now: () => Date.now() + ahead, elapsed: () => performance.now() + ahead },
    historyCommits: facts.historyCommits,
    snapshotEvery: 10,
    recentCommits: 16,
    bookmarkIntervalMs: facts.bookmarkIntervalMs,
  });
  const advance = (ms: number) => {
    ahead += ms;
  };
  return {
    store: store.as({ id: "everyone", sessions: ["*"], believesSession: true }),
    advance,
    close: () => store.close(),
  };
}

describeStore("in process, guarded", openGuarded, facts);

describeStoreArguments("a guarded store", openGuarded);

describeStranger("a guarded store", async () => {
  const store = createJudgedStore();
  return { store, stranger: store.as({ id: "eve", sessions: ["elsewhere"] }), close: () => store.close() };
});
