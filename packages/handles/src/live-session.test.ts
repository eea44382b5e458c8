import { describe, expect, it } from "vitest";
import { openSession } from "./open-session.ts";
import { assistant, closingAfterEach, rejection } from "./test-parts/assistant.ts";
import { createFragileStore } from "./test-parts/fragile-store.ts";

const { closing, newStore } = closingAfterEach();

const open = async (store = newStore()) => closing(await openSession(store, "assistant", assistant));

describe("set, for several variables", () => {
  it("is one commit, seen whole", async () => {
    const store = newStore();
    const app = await open(store);
    const commits: string[][] = [];
    app.subscribe((changes) => commits.push(changes.map(({ key, value, revision }) => `${key}=${value}@${revision}`)));
    const halves: unknown[] = [];
    app.variables.temperature.subscribe(() => halves.push(app.values));
    const batch = await app.set({ temperature: 0.4, model: "claude-3" }, { expectedVersions: { temperature: 0 } });
    expect(batch).toMatchObject({ revision: 3 });
    expect(batch.applied.get("model")).toMatchObject({ version: 1 });
    await app.settled();
    expect(commits).toEqual([["temperature=0.4@3", "model=claude-3@3"]]);
    expect(halves).toEqual([{ temperature: 0.4, model: "claude-3", maxTokens: 256 }]);
  });

  it("is readable whole as soon as it resolves", async () => {
    const store = createFragileStore(newStore());
    const app = closing(await openSession(store, "assistant", assistant));
    store.hold(true);
    await app.set({ temperature: 0.4, maxTokens: 12 });
    expect(app.values).toEqual({ temperature: 0.4, model: "gpt-4", maxTokens: 12 });
  });

  it("is refused whole, with every item's own reason, before anything is sent", async () => {
    const store = createFragileStore(newStore());
    const app = closing(await openSession(store, "assistant", assistant));
    const error = await rejection(app.set({ temperature: 3, model: "claude-3", maxTokens: 0 }), "constraint_violation");
    expect(Array.from(error.items, ([name, item]) => [name, item.message])).toEqual([
      ["temperature", "temperature: value 3 is above maximum 2"],
      ["maxTokens", "maxTokens: value 0 is below minimum 1"],
    ]);
    expect(store.calls.has("setVariables")).toBe(false);
    expect(app.variables.model.value).toBe("gpt-4");
  });

  it("refuses a key that is not declared", async () => {
    const app = await open();
    const error = await rejection(app.set({ top_p: 1 } as never), "invalid_argument");
    expect(error.details).toMatchObject({ field: "top_p" });
  });
});

describe("values", () => {
  it("is one frozen object until something changes", async () => {
    const app = await open();
    const before = app.values;
    expect(app.values).toBe(before);
    expect(Object.isFrozen(before)).toBe(true);
    await app.variables.temperature.set(1);
    expect(app.values).not.toBe(before);
    expect(before.temperature).toBe(0.7);
    expect(app.values.temperature).toBe(1);
  });
});

describe("subscribe", () => {
  it("is called once per commit that touches a declared variable, and not for others", async () => {
    const store = newStore();
    const app = await open(store);
    const told: number[] = [];
    const stop = app.subscribe((changes) => told.push(...changes.map(({ revision }) => revision)));
    await store.registerVariable("assistant", { name: "other", type: "float", value: 1 });
    await store.setVariables("assistant", { temperature: 1, other: 2 });
    await store.setVariable("assistant", "other", 3);
    await store.setVariable("assistant", "model", "claude-3");
    await app.caughtUp(6);
    expect(told).toEqual([4, 6]);
    stop();
    await app.variables.temperature.set(0);
    await app.settled();
    expect(told).toEqual([4, 6]);
  });
});

describe("waiting for a revision", () => {
  it("resolves once subscribers have been told of it", async () => {
    const inner = newStore();
    const store = createFragileStore(inner);
    const app = closing(await openSession(store, "assistant", assistant));
    const order: string[] = [];
    app.variables.temperature.subscribe((value) => order.push(`told ${value}`));
    store.hold(true);
    const { revision } = await inner.setVariable("assistant", "temperature", 1);
    const waiting = app.caughtUp(revision).then(() => order.push("caught up"));
    const early = app.caughtUp(revision - 1).then(() => order.push("was there"));
    await early;
    store.hold(false);
    await waiting;
    expect(order).toEqual(["was there", "told 1", "caught up"]);
    await app.settled();
  });

  it("can be given up", async () => {
    const app = await open();
    const controller = new AbortController();
    const waiting = app.caughtUp(99, { signal: controller.signal });
    controller.abort();
    await rejection(waiting, "cancelled");
    await rejection(app.caughtUp(99, { signal: AbortSignal.abort() }), "cancelled");
    await rejection(app.caughtUp(Number.NaN), "invalid_argument");
  });

  it("ends with the session", async () => {
    const app = await open();
    const waiting = app.caughtUp(99);
    await app.close();
    await rejection(waiting, "cancelled");
    await rejection(app.caughtUp(99), "cancelled");
    await app.caughtUp(1);
  });
});
