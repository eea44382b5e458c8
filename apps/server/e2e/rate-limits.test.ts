import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createStoreClient } from "@trimtab/client";
import { isStoreError, type Store } from "@trimtab/core";
import { describe, expect, onTestFinished, test } from "vitest";
import { createToken } from "../src/auth/token.ts";
import type { Settings } from "../src/settings.ts";
import { openServer, transports } from "./open-server.ts";
import { temporaryFolder } from "./test-parts/temporary-folder.ts";

async function open(settings: Partial<Settings>) {
  const server = await openServer(settings);
  onTestFinished(() => server.close());
  await server.store.createSession({ id: "s" });
  await server.store.createSession({ id: "t" });
  return server;
}

/** Calls until one is refused for being too many, and gives the refusal and how many came through. */
async function exhaust(call: () => Promise<unknown>) {
  for (let passed = 0; passed < 1000; passed++) {
    const error = await call().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (error !== undefined) return { passed, error };
  }
  return { passed: 1000, error: undefined };
}

// What comes back during a test must not matter, however slow the machine is.
const slow = { sessionRate: 1, sessionBurst: 5 };

describe.each(Object.entries(transports))("over %s", (_, createTransport) => {
  test("too many calls to a session are refused and change nothing, and others go on", async () => {
    const server = await open(slow);
    const store: Store = createStoreClient(createTransport(server.url));
    await server.store.registerVariable("s", { name: "x", type: "float", value: 0 });
    const { passed, error } = await exhaust(() => store.setVariable("s", "x", 1));
    expect(passed).toBeGreaterThanOrEqual(5);
    expect(isStoreError(error, "limit_exceeded") && error).toMatchObject({
      code: "resource_exhausted",
      details: { field: "session_calls_per_second", limit: 1, retryAfterMs: expect.any(Number) },
    });
    expect(await server.store.getVariable("s", "x")).toMatchObject({ version: passed });
    expect(await store.getSession("t")).toMatchObject({ id: "t" });
  });

  test("streams are counted while they run", async () => {
    const server = await open({ callerStreams: 2 });
    const store = createStoreClient(createTransport(server.url));
    const watch = () => store.watch("s")[Symbol.asyncIterator]();
    const [first, second] = [watch(), watch()];
    for (const each of [first, second]) await each.next();
    await expect(watch().next()).rejects.toMatchObject({
      reason: "limit_exceeded",
      details: { field: "streams", limit: 2 },
    });
    await first.return?.();
    const another = async () => {
      const third = watch();
      const { value } = await third.next();
      return value;
    };
    await expect.poll(() => another().catch(() => undefined)).toMatchObject({ kind: "snapshot" });
  });
});

test("callers are told in HTTP when to come back", async () => {
  const server = await open({ callerRate: 1, callerBurst: 2 });
  const call = () =>
    fetch(`${server.url}/trimtab.v1.SessionService/GetSession`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: '{"sessionId":"s"}',
    });
  let answer = await call();
  while (answer.status === 200) answer = await call();
  expect([answer.status, answer.headers.get("retry-after")]).toEqual([429, "1"]);
  expect(await answer.json()).toMatchObject({
    code: "resource_exhausted",
    details: [{ debug: { reason: "limit_exceeded" } }],
  });
});

test("callers who say who they are are counted by that, and limited unless settings say otherwise", async () => {
  const principals = join(temporaryFolder(), "principals");
  const tokens = { ada: createToken(), bob: createToken() };
  const lines = Object.entries(tokens).map(([principal, { stored }]) =>
    JSON.stringify({ principal, token: stored, sessions: ["*"] }),
  );
  writeFileSync(principals, lines.join("\n"));
  const server = await open({ principals, callerRate: 1, callerBurst: 3 });
  const call = (who: keyof typeof tokens) => async () => {
    const answer = await fetch(`${server.url}/trimtab.v1.SessionService/GetSession`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${tokens[who].secret}` },
      body: '{"sessionId":"s"}',
    });
    if (!answer.ok) throw new Error(String(answer.status));
  };
  expect(await exhaust(call("ada"))).toMatchObject({ error: { message: "429" } });
  await call("bob")();
  // Nobody's guesses at tokens use up what those who have one may do.
  const guess = await fetch(`${server.url}/trimtab.v1.SessionService/GetSession`, {
    method: "POST",
    body: "{}",
    headers: { "content-type": "application/json", authorization: "Bearer x" },
  });
  expect(guess.status).toBe(401);
});
