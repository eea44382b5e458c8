import { createRouterTransport } from "@connectrpc/connect";
import { createAnalytics } from "@trimtab/analytics";
import { isStoreError } from "@trimtab/core";
import { describeArguments, describeStoreArguments } from "@trimtab/core/conformance";
import { createRoutes } from "@trimtab/transport-connect";
import { expect, test } from "vitest";
import { createAnalyticsClient } from "./create-analytics-client.ts";
import { createAuditClient } from "./create-audit-client.ts";
import { createRenewedTransport } from "./create-renewed-transport.ts";
import { createStoreClient } from "./create-store-client.ts";
import { createStudyClient } from "./create-study-client.ts";
import { readAtOnce } from "./read-at-once.ts";
import { createJudgedStore } from "./test-parts/open-remote.ts";

function openTransport() {
  const store = createJudgedStore();
  const analytics = createAnalytics({ readCommits: store.readCommits });
  const transport = createRouterTransport(createRoutes({ store, types: store.types, analytics }));
  return { transport, store, close: () => store.close() };
}

describeStoreArguments("a store behind a transport", async () => {
  const { transport, close } = openTransport();
  return { store: createStoreClient(transport), close };
});

const times = { sinceMs: 0, untilMs: 1 };

describeArguments(
  "analytics behind a transport",
  async () => {
    const { transport, store, close } = openTransport();
    await store.createSession({ id: "s" });
    await store.registerVariable("s", { name: "x", type: "float", value: 1 });
    return { calls: createAnalyticsClient(transport), state: async () => undefined, close };
  },
  {
    getVariableStats: ["s", "x"],
    getVariablesStats: ["s", ["x"]],
    getVariablesWithStats: ["s", ["x"], { includeMetadata: true, includeDependencies: true }],
    analyzeUsage: ["s", { ...times, sessionPattern: "*", groupBy: "type", top: 3 }],
    getCorrelations: ["s", { ...times, refs: ["x"], minPoints: 3, minStrength: 0.5 }],
    getImpact: ["s", "loss", { ...times, refs: ["x"], optimization: "o", study: undefined }],
    getConvergenceReport: ["s", { kind: "optimization", id: "o" }],
    exportStats: ["s", "json", { refs: ["x"], pattern: "*" }],
    watchStats: ["s", { refs: ["x"], pattern: "*" }, { intervalMs: 100, signal: AbortSignal.abort() }],
    reportClientReads: ["s", [{ ref: "x", cacheHits: 1, cacheMisses: 1, lastReadAtMs: 1 }], { requestId: "r" }],
  },
);

const filter = { variable: "x", study: "y", actor: "ada", callerSession: "s", actions: ["A"], outcomes: ["denied"] };

describeArguments(
  "an audit behind a transport",
  async () => {
    const { transport, close } = openTransport();
    return { calls: createAuditClient(transport), state: async () => undefined, close };
  },
  {
    listAuditEntries: ["s", { filter, fromMs: 0, toMs: 1, pageSize: 1, pageToken: undefined }],
    watchAudit: ["s", { filter, after: undefined, signal: AbortSignal.abort() }],
  },
);

const { transport } = openTransport();
const opening: Readonly<Record<string, [() => unknown, string]>> = {
  "no transport": [() => createStoreClient(undefined as never), "transport must be an object, got undefined"],
  "a URL as a transport": [() => createStudyClient("http://x" as never), "transport must be an object, got string"],
  "another object as a transport": [
    () => createAnalyticsClient({} as never),
    "transport must be an object with a method unary",
  ],
  "options that are null": [() => createAuditClient(transport, null as never), "options must be an object, got null"],
  "a time limit as text": [
    () => createStoreClient(transport, { timeoutMs: "5" as never }),
    "timeoutMs must be a number, got string",
  ],
  "nothing that opens a transport": [() => createRenewedTransport({} as never), "open must be a function, got object"],
  "what opens no transport": [
    () => createRenewedTransport(() => null as never),
    "transport must be an object, got null",
  ],
  "what makes no requests": [
    () => readAtOnce({ authority: "a" } as never),
    "sessions must be an object with a method request",
  ],
};

test.each(Object.entries(opening))("%s makes no client", (_, [make, message]) => {
  try {
    make();
  } catch (error) {
    if (!isStoreError(error, "invalid_argument")) throw error;
    expect(error.message).toContain(message);
    return;
  }
  expect.fail("it made one");
});
