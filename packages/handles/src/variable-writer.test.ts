import { embedding, integer } from "@trimtab/types";
import { describe, expect, it } from "vitest";
import { openSession } from "./open-session.ts";
import { assistant, closingAfterEach, rejection } from "./test-parts/assistant.ts";
import { createFragileStore } from "./test-parts/fragile-store.ts";
import { createManualTimers } from "./test-parts/manual-timers.ts";

const { closing, newStore } = closingAfterEach();

const open = async (store = newStore()) => closing(await openSession(store, "assistant", assistant));

describe("set", () => {
  it("resolves when the value is stored and readable, before the watch has told of it", async () => {
    const store = createFragileStore(newStore());
    const app = closing(await openSession(store, "assistant", assistant));
    store.hold(true);
    const written = await app.variables.temperature.set(0.9);
    expect(written).toMatchObject({ name: "temperature", version: 1, revision: 3 });
    expect(app.revision).toBe(2);
    const { value, version, updatedAtMs, id } = app.variables.temperature;
    expect({ value, version, updatedAtMs, id }).toEqual({
      value: 0.9,
      version: 1,
      updatedAtMs: written.updatedAtMs,
      id: written.id,
    });
    store.hold(false);
    await app.settled();
    expect(app.variables.temperature).toMatchObject({ value: 0.9, version: 1, updatedAtMs: written.updatedAtMs });
  });

  it("never lets a value go back to an older version", async () => {
    const inner = newStore();
    const store = createFragileStore(inner);
    const app = closing(await openSession(store, "assistant", assistant));
    const { temperature } = app.variables;
    const seen: [told: number, read: number, version: number][] = [];
    temperature.subscribe((value) => seen.push([value, temperature.value, temperature.version]));
    store.hold(true);
    await inner.setVariable("assistant", "temperature", 1);
    await inner.setVariable("assistant", "temperature", 1.1);
    await temperature.set(1.2);
    store.hold(false);
    await app.settled();
    expect(seen).toEqual([
      [1, 1.2, 3],
      [1.1, 1.2, 3],
      [1.2, 1.2, 3],
    ]);
  });

  it("passes on who writes and why, and what version must hold", async () => {
    const store = newStore();
    const app = closing(await openSession(store, "assistant", assistant, { actor: "ann", origin: "other" }));
    await app.variables.temperature.set(1, { expectedVersion: 0, metadata: { reason: "trial" } });
    expect(await store.getVariable("assistant", "temperature")).toMatchObject({
      updatedBy: "ann",
      origin: "other",
      metadata: { reason: "trial" },
    });
    await app.variables.temperature.set(1.1, { actor: "bob" });
    expect((await store.getVariable("assistant", "temperature")).updatedBy).toBe("bob");
    const error = await rejection(app.variables.temperature.set(2, { expectedVersion: 0 }), "version_mismatch");
    expect(error.details).toMatchObject({ expected: 0, actual: 2 });
    expect(app.variables.temperature.value).toBe(1.1);
  });

  it("refuses what the type or its constraints refuse, before anything is sent", async () => {
    const store = createFragileStore(newStore());
    const app = closing(await openSession(store, "assistant", assistant));
    const error = await rejection(app.variables.temperature.set(2.5), "constraint_violation");
    expect(error.message).toBe("temperature: value 2.5 is above maximum 2");
    expect(error.details).toMatchObject({ field: "temperature", constraint: "max", limit: 2, value: 2.5 });
    await rejection(app.variables.temperature.set("hot" as never), "validation_failed");
    await rejection(app.variables.model.set("gpt-2" as never), "constraint_violation");
    await rejection(app.variables.maxTokens.set(1.5), "validation_failed");
    expect(store.calls.has("setVariable")).toBe(false);
  });

  it("holds values to the constraints that the store has, not to those once declared", async () => {
    const store = createFragileStore(newStore());
    const app = closing(await openSession(store, "assistant", assistant));
    await store.updateVariable("assistant", "temperature", { constraints: { min: 0, max: 1 } });
    await expect.poll(() => app.revision, { interval: 1 }).toBe(3);
    const error = await rejection(app.variables.temperature.set(1.5), "constraint_violation");
    expect(error.details).toMatchObject({ limit: 1 });
    expect(store.calls.has("setVariable")).toBe(false);
  });
});

describe("a value that is an object", () => {
  it("reads back as it was set, whatever the caller does to its own afterwards", async () => {
    const store = createFragileStore(newStore());
    const app = closing(await openSession(store, "s", { direction: embedding({ default: Float64Array.of(1, 0) }) }));
    store.hold(true);
    const mine = Float64Array.of(0, 1);
    await app.variables.direction.set(mine);
    mine[0] = 5;
    expect(Array.from(app.variables.direction.value)).toEqual([0, 1]);
    store.hold(false);
    await app.settled();
    expect(Array.from(app.variables.direction.value)).toEqual([0, 1]);
  });
});

describe("update", () => {
  it("gives an array of its own, so that what is refused has changed nothing", async () => {
    const constraints = { dimensions: 2, normalize: true };
    const app = closing(await openSession(newStore(), "s", { it: embedding({ ...constraints, default: [1, 0] }) }));
    const { it } = app.variables;
    await rejection(
      it.update((vector) => {
        vector[0] = Number.NaN;
        return vector;
      }),
      "validation_failed",
    );
    expect(Array.from(it.value)).toEqual([1, 0]);
    const told: number[][] = [];
    it.subscribe((value, { previous = [] }) => told.push([...previous], [...value]));
    await it.update((vector) => vector.reverse());
    await app.settled();
    expect(told).toEqual([
      [1, 0],
      [0, 1],
    ]);
  });

  it("asks nothing of the function once the session is closed", async () => {
    const app = await open();
    await app.close();
    const asked: number[] = [];
    await rejection(
      app.variables.maxTokens.update((n) => asked.push(n)),
      "cancelled",
    );
    expect(asked).toEqual([]);
  });

  it("computes the new value from the present one", async () => {
    const app = await open();
    const written = await app.variables.maxTokens.update((tokens) => tokens * 2, { metadata: { reason: "longer" } });
    expect(written.version).toBe(1);
    expect(app.variables.maxTokens.value).toBe(512);
  });

  it("loses no update among many of one program, which do not race each other", async () => {
    const app = await open();
    let calls = 0;
    const increment = (tokens: number) => {
      calls++;
      return tokens + 1;
    };
    await Promise.all(Array.from({ length: 100 }, () => app.variables.maxTokens.update(increment)));
    expect(calls).toBe(100);
    expect(app.variables.maxTokens.value).toBe(356);
    expect(app.variables.maxTokens.version).toBe(100);
  });

  it("loses no update among programs that race", async () => {
    const store = newStore();
    const apps = await Promise.all(
      Array.from({ length: 4 }, async () => closing(await openSession(store, "s", { count: integer({ default: 0 }) }))),
    );
    const increments = apps.flatMap((app) =>
      Array.from({ length: 10 }, () => app.variables.count.update((n) => n + 1, { retries: 1000, retryBackoffMs: 0 })),
    );
    await Promise.all(increments);
    expect((await store.getVariable("s", "count")).value).toBe(40);
  });

  it("reads again from the store, not from a cache that is behind", async () => {
    const inner = newStore();
    const store = createFragileStore(inner);
    const timers = createManualTimers();
    const app = closing(await openSession(store, "assistant", assistant, { timers }));
    store.hold(true);
    await inner.setVariable("assistant", "maxTokens", 1000);
    const seen: number[] = [];
    const updating = app.variables.maxTokens.update((tokens) => {
      seen.push(tokens);
      return tokens + 1;
    });
    await expect.poll(() => timers.pending[0], { interval: 1 }).toBe(25);
    timers.advance(25);
    expect((await updating).version).toBe(2);
    expect(seen).toEqual([256, 1000]);
    expect(app.variables.maxTokens.value).toBe(1001);
  });

  it("gives up after its retries, with waits that grow by 50 ms each", async () => {
    const store = newStore();
    const timers = createManualTimers(() => 0.999);
    const app = closing(await openSession(store, "assistant", assistant, { timers }));
    let calls = 0;
    const updating = app.variables.maxTokens.update((tokens) => {
      calls++;
      // Somebody else writes between each read and its write.
      void store.setVariable("assistant", "maxTokens", tokens + 1);
      return 1;
    });
    const rejected = rejection(updating, "version_mismatch");
    for (const attempt of [1, 2, 3]) {
      await expect.poll(() => timers.pending[0], { interval: 1 }).toBeCloseTo(0.999 * 50 * attempt);
      timers.advance(50 * attempt);
    }
    await rejected;
    expect(calls).toBe(4);
    expect((await store.getVariable("assistant", "maxTokens")).value).toBe(260);
  });

  it("retries as often as asked, also not at all", async () => {
    const store = newStore();
    const app = await open(store);
    let calls = 0;
    const updating = app.variables.maxTokens.update(
      (tokens) => {
        calls++;
        void store.setVariable("assistant", "maxTokens", tokens + 1);
        return 1;
      },
      { retries: 0 },
    );
    await rejection(updating, "version_mismatch");
    expect(calls).toBe(1);
  });

  it("refuses numbers of retries and waits that are none", async () => {
    const app = await open();
    for (const options of [{ retries: Number.NaN }, { retries: -1 }, { retryBackoffMs: Number.NaN }]) {
      await rejection(
        app.variables.maxTokens.update((n) => n + 1, options),
        "invalid_argument",
      );
    }
    expect(app.variables.maxTokens.version).toBe(0);
  });

  it("passes on what the function throws, writes nothing, and goes on with the next update", async () => {
    const app = await open();
    const failing = app.variables.maxTokens.update(() => {
      throw new RangeError("no");
    });
    const next = app.variables.maxTokens.update((tokens) => tokens + 1);
    await expect(failing).rejects.toThrow(RangeError);
    expect((await next).version).toBe(1);
    await rejection(
      app.variables.maxTokens.update(() => 0),
      "constraint_violation",
    );
  });

  it("does not take a variable registered anew for the one it read", async () => {
    const inner = newStore();
    const store = createFragileStore(inner);
    const app = closing(await openSession(store, "assistant", assistant));
    store.hold(true);
    await inner.deleteVariable("assistant", "maxTokens");
    await inner.registerVariable("assistant", { name: "maxTokens", type: "integer", value: 7 });
    await app.variables.maxTokens.update((tokens) => tokens + 1);
    expect((await inner.getVariable("assistant", "maxTokens")).value).toBe(8);
  });
});
