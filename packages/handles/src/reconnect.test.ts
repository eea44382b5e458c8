import { storeError } from "@trimtab/core";
import { float } from "@trimtab/types";
import { describe, expect, it } from "vitest";
import type { ConnectionStatus } from "./connection-status.ts";
import { openSession } from "./open-session.ts";
import { assistant, closingAfterEach, rejection, status, thrown } from "./test-parts/assistant.ts";
import { createFragileStore } from "./test-parts/fragile-store.ts";
import { createManualTimers, type ManualTimers } from "./test-parts/manual-timers.ts";

const { closing, newStore } = closingAfterEach();
const down = storeError("unavailable", "no route", {});

/** An open session over a store whose connection can break, on timers that stand still. */
async function openFragile(options: { create?: boolean } = {}) {
  const inner = newStore();
  const store = createFragileStore(inner);
  const timers = createManualTimers();
  const app = closing(await openSession(store, "assistant", assistant, { timers, ...options }));
  const statuses: ConnectionStatus[] = [];
  app.onStatus((now) => statuses.push(now));
  const told: string[] = [];
  app.subscribe((changes) => told.push(changes.map(({ kind, key, value }) => `${kind} ${key} ${value}`).join(", ")));
  return { inner, store, timers, app, statuses, told };
}

/** Waits until a retry is due next, and lets it come. The liveness timer, 45 s away, is never the next one. */
async function retry(timers: ManualTimers): Promise<void> {
  await expect.poll(() => timers.pending[0] ?? Number.POSITIVE_INFINITY, { interval: 1 }).toBeLessThan(45_000);
  timers.advance(timers.pending[0] ?? 0);
}

describe("a stream that breaks", () => {
  it("is resumed where it broke off: nothing is lost, nothing told twice", async () => {
    const { inner, store, timers, app, statuses, told } = await openFragile();
    await inner.setVariable("assistant", "temperature", 1);
    await app.caughtUp(3);
    store.refuse(down);
    store.cut(down);
    await status(app, "stale");
    expect(app.error).toBe(down);
    expect(app.values.temperature).toBe(1);
    await inner.setVariable("assistant", "temperature", 1.1);
    await inner.setVariables("assistant", { temperature: 1.2, model: "claude-3" });
    expect(app.values.temperature).toBe(1);
    await retry(timers);
    store.refuse(undefined);
    await retry(timers);
    await app.caughtUp(5);
    expect(app.status).toBe("ready");
    expect(app.error).toBeUndefined();
    expect(statuses).toEqual(["stale", "ready"]);
    expect(told).toEqual([
      "updated temperature 1",
      "updated temperature 1.1",
      "updated temperature 1.2, updated model claude-3",
    ]);
    expect(store.watches.at(-1)?.[2]).toHaveProperty("after");
  });

  it("is resumed also where it ends without an error", async () => {
    const { inner, store, timers, app, told } = await openFragile();
    store.cut();
    await retry(timers);
    await inner.setVariable("assistant", "temperature", 1);
    await app.caughtUp(3);
    expect(told).toEqual(["updated temperature 1"]);
  });

  it("does not stop the program's own writes from being read", async () => {
    const { store, timers, app, told } = await openFragile();
    store.cut(down);
    await status(app, "stale");
    await app.variables.temperature.set(1);
    expect(app.values.temperature).toBe(1);
    expect(told).toEqual([]);
    await retry(timers);
    await app.settled();
    expect(told).toEqual(["updated temperature 1"]);
  });

  it("is taken up at once where the program asks", async () => {
    const { store, timers, app } = await openFragile();
    store.cut(down);
    await status(app, "stale");
    app.reconnect();
    await app.variables.temperature.set(1);
    await app.settled();
    expect(app.status).toBe("ready");
    expect(timers.pending).toEqual([45_000]);
  });
});

describe("a stream that falls silent", () => {
  it("is replaced after the time allowed", async () => {
    const { inner, store, timers, app, statuses, told } = await openFragile();
    store.hold(true);
    await inner.setVariable("assistant", "temperature", 1);
    timers.advance(44_999);
    expect(app.status).toBe("ready");
    timers.advance(1);
    expect(app.status).toBe("stale");
    await expect.poll(() => store.watches.length, { interval: 1 }).toBe(2);
    expect(store.watches[0]?.[2]?.signal?.aborted).toBe(true);
    store.hold(false);
    await app.caughtUp(3);
    expect(statuses).toEqual(["stale", "ready"]);
    // The first stream had the change too, but was given up before it could tell.
    expect(told).toEqual(["updated temperature 1"]);
  });

  it("counts from the last thing it said, bookmarks included", async () => {
    const { inner, timers, app } = await openFragile();
    timers.advance(40_000);
    await inner.setVariable("assistant", "temperature", 1);
    await app.caughtUp(3);
    timers.advance(44_999);
    expect(app.status).toBe("ready");
    timers.advance(1);
    expect(app.status).toBe("stale");
  });

  it("is tried again later where its replacement is silent too", async () => {
    const { store, timers, app } = await openFragile();
    store.hold(true);
    timers.advance(45_000);
    timers.advance(45_000);
    expect(app.status).toBe("stale");
    expect(app.error).toMatchObject({ reason: "deadline_exceeded" });
    store.hold(false);
    await retry(timers);
    await app.variables.temperature.set(1);
    await app.settled();
    expect(app.status).toBe("ready");
  });
});

describe("a server that comes back without its sessions", () => {
  it("is given the session and its variables again, and subscribers only what differs", async () => {
    const { store, app, told, statuses } = await openFragile();
    await app.set({ temperature: 1, maxTokens: 100 });
    await app.settled();
    told.length = 0;
    const fresh = newStore();
    store.refuse(down);
    store.replace(fresh);
    await status(app, "stale");
    expect(app.values).toEqual({ temperature: 1, model: "gpt-4", maxTokens: 100 });
    store.refuse(undefined);
    app.reconnect();
    await status(app, "ready");
    expect(app.values).toEqual({ temperature: 0.7, model: "gpt-4", maxTokens: 256 });
    expect(told).toEqual(["updated temperature 0.7, updated maxTokens 256"]);
    expect(statuses.at(-1)).toBe("ready");
    await app.variables.temperature.set(0.8);
    await app.settled();
    expect((await fresh.getVariable("assistant", "temperature")).value).toBe(0.8);
  });

  it("says that what was waited for is gone", async () => {
    const { store, app } = await openFragile();
    const waiting = rejection(app.caughtUp(99), "data_loss");
    store.replace(newStore());
    await status(app, "stale");
    app.reconnect();
    await waiting;
  });

  it("forgets own writes that are gone, although their revisions were higher", async () => {
    const { store, app } = await openFragile();
    store.hold(true);
    for (const value of [1, 1.1, 1.2]) await app.variables.temperature.set(value);
    store.replace(newStore());
    store.hold(false);
    await status(app, "stale");
    app.reconnect();
    await expect.poll(() => app.values.temperature, { interval: 1 }).toBe(0.7);
    expect(app.variables.temperature.version).toBe(0);
  });

  it("may have had the session made anew by somebody else", async () => {
    const { store, app, told } = await openFragile();
    const fresh = newStore();
    await fresh.createSession({ id: "assistant" });
    await fresh.registerVariable("assistant", { name: "temperature", type: "float", value: 1.3 });
    store.replace(fresh);
    await status(app, "stale");
    app.reconnect();
    await expect.poll(() => app.values, { interval: 1 }).toEqual({ temperature: 1.3, model: "gpt-4", maxTokens: 256 });
    expect(told).toEqual(["updated temperature 1.3"]);
  });

  it("is waited for where the session is not this program's to make", async () => {
    const inner = newStore();
    await inner.createSession({ id: "assistant" });
    const store = createFragileStore(inner);
    const timers = createManualTimers();
    const app = closing(await openSession(store, "assistant", assistant, { timers, create: false }));
    const fresh = newStore();
    store.replace(fresh);
    await retry(timers);
    await expect.poll(() => app.error, { interval: 1 }).toMatchObject({ reason: "session_not_found" });
    expect(app.status).toBe("stale");
    await fresh.createSession({ id: "assistant" });
    await retry(timers);
    await status(app, "ready");
  });

  it("may lack a variable that has no default: it is waited for too", async () => {
    const inner = newStore();
    await inner.createSession({ id: "s" });
    await inner.registerVariable("s", { name: "found", type: "float", value: 5 });
    const store = createFragileStore(inner);
    const declared = { found: float(), made: float({ default: 1 }) };
    const app = closing(await openSession(store, "s", declared));
    const fresh = newStore();
    store.replace(fresh);
    await status(app, "stale");
    app.reconnect();
    await expect
      .poll(() => thrown(() => app.variables.found.value), { interval: 1 })
      .toMatchObject({ reason: "not_found" });
    expect(app.variables.made.value).toBe(1);
    await fresh.registerVariable("s", { name: "found", type: "float", value: 6 });
    await expect.poll(() => app.values, { interval: 1 }).toEqual({ found: 6, made: 1 });
  });
});

describe("a session that is deleted", () => {
  it("stops everything until the program opens it again", async () => {
    const { inner, app, told, timers } = await openFragile();
    const waiting = rejection(app.caughtUp(99), "session_not_found");
    await inner.deleteSession("assistant");
    await status(app, "error");
    await waiting;
    expect(app.error).toMatchObject({ reason: "session_not_found" });
    expect(told).toEqual(["deleted temperature 0.7, deleted model gpt-4, deleted maxTokens 256"]);
    expect(thrown(() => app.variables.temperature.value)).toMatchObject({ reason: "not_found" });
    await rejection(app.caughtUp(99), "session_not_found");
    expect(timers.pending).toEqual([]);
    app.reconnect();
    await status(app, "ready");
    expect(app.values).toEqual({ temperature: 0.7, model: "gpt-4", maxTokens: 256 });
    expect(told).toHaveLength(2);
  });
});

describe("a refusal that would only be repeated", () => {
  it.each([
    storeError("access_denied", "not yours", { session: "assistant", permission: "observe" }),
    storeError("invalid_argument", "bad token", { field: "after" }),
  ])("stops the watch on $reason until the program says otherwise", async (error) => {
    const { inner, store, app, timers, told } = await openFragile();
    const waiting = rejection(app.caughtUp(99), error.reason);
    store.cut(error);
    await status(app, "error");
    expect(await waiting).toBe(error);
    expect(app.error).toBe(error);
    expect(app.values.temperature).toBe(0.7);
    expect(timers.pending).toEqual([]);
    await inner.setVariable("assistant", "temperature", 1);
    app.reconnect();
    await status(app, "ready");
    expect(told).toEqual(["updated temperature 1"]);
    expect(app.error).toBeUndefined();
  });
});

describe("a watch whose caller is no longer known", () => {
  const expired = storeError("unauthenticated", "the token has expired", {});

  it("goes on where the next attempt comes with something newer", async () => {
    const { inner, store, timers, app, told } = await openFragile();
    store.cut(expired);
    await status(app, "stale");
    await inner.setVariable("assistant", "temperature", 1);
    await retry(timers);
    await status(app, "ready");
    expect(told).toEqual(["updated temperature 1"]);
  });

  it("stops where that is refused as well, until the program says otherwise", async () => {
    const { store, timers, app } = await openFragile();
    store.refuse(expired);
    store.cut(expired);
    await retry(timers);
    await status(app, "error");
    expect(app.error).toBe(expired);
    expect(timers.pending).toEqual([]);
    app.reconnect();
    await status(app, "error");
    store.refuse(undefined);
    app.reconnect();
    await status(app, "ready");
  });
});

describe("variables that come and go while nobody watches", () => {
  it("are followed by name after reconnecting", async () => {
    const { inner, store, timers, app, told } = await openFragile();
    await inner.deleteVariable("assistant", "temperature");
    await app.caughtUp(3);
    store.cut(down);
    await retry(timers);
    await inner.registerVariable("assistant", { name: "temperature", type: "float", value: 1 });
    await expect.poll(() => app.revision, { interval: 1 }).toBe(4);
    expect(app.values.temperature).toBe(1);
    expect(told).toEqual(["deleted temperature 0.7", "registered temperature 1"]);
  });

  it("are asked for where the store refuses to watch what is not there", async () => {
    const { inner, store, timers, app, told } = await openFragile();
    await inner.deleteVariable("assistant", "temperature");
    const reads = store.calls.get("getVariables") ?? 0;
    store.cut(storeError("not_found", "no such variable", { resource: "variable", id: "temperature" }));
    await retry(timers);
    await expect.poll(() => store.watches.length, { interval: 1 }).toBe(2);
    expect(store.calls.get("getVariables")).toBe(reads + 1);
    expect(store.watches[1]?.[1]).toEqual({ refs: ["model", "maxTokens"], pattern: "temperature" });
    await inner.registerVariable("assistant", { name: "temperature", type: "float", value: 1 });
    await app.caughtUp(4);
    expect(told).toEqual(["deleted temperature 0.7", "registered temperature 1"]);
  });

  it("are told as gone where they went during a break", async () => {
    const { inner, store, timers, app, told } = await openFragile();
    store.cut(down);
    await status(app, "stale");
    await inner.deleteVariable("assistant", "temperature");
    await inner.deleteVariable("assistant", "model");
    await retry(timers);
    await app.caughtUp(4);
    expect(told).toEqual(["deleted temperature 0.7", "deleted model gpt-4"]);
  });
});

describe("a store in this process that is closed", () => {
  it("ends the connection: nothing is tried again, and no timer is left", async () => {
    const { inner, timers, app, statuses } = await openFragile();
    await inner.close();
    await status(app, "error");
    expect(app.error).toMatchObject({ reason: "unavailable", message: "the store is closed" });
    expect(app.values.temperature).toBe(0.7);
    expect(timers.pending).toEqual([]);
    expect(statuses).toEqual(["error"]);
  });

  it("opens no session, and says so at once", async () => {
    const store = newStore();
    await store.close();
    const timers = createManualTimers();
    const error = await rejection(openSession(store, "assistant", assistant, { timers }), "unavailable");
    expect(error.message).toBe("the store is closed");
    expect(timers.pending).toEqual([]);
  });
});
