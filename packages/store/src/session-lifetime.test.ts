import { builtinTypes } from "@trimtab/types";
import { expect, onTestFinished, test } from "vitest";
import { createStore } from "./create-store.ts";

function open(sessionTtlMs?: number) {
  const store = createStore({ types: builtinTypes, ...(sessionTtlMs !== undefined && { sessionTtlMs }) });
  onTestFinished(() => store.close());
  return store;
}

test("a session that says nothing lives for an hour, or as long as its store says", async () => {
  expect((await open().createSession({ id: "s" })).ttlMs).toBe(3_600_000);
  expect((await open(86_400_000).createSession({ id: "s" })).ttlMs).toBe(86_400_000);
});

test("what a session says for itself counts, and what it is forked from", async () => {
  const store = open(86_400_000);
  expect((await store.createSession({ id: "own", ttlMs: 1000 })).ttlMs).toBe(1000);
  const now = { kind: "revision", revision: 1 } as const;
  expect((await store.forkSession("own", now, { id: "fork" })).ttlMs).toBe(1000);
});

test("a time to live that none can have is refused where a session would have it", async () => {
  await expect(open(0).createSession({ id: "s" })).rejects.toMatchObject({
    reason: "invalid_argument",
    details: { field: "ttlMs" },
  });
});
