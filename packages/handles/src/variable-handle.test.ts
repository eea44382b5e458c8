import { getEventListeners } from "node:events";
import { createStore } from "@trimtab/store";
import { builtinTypes, float } from "@trimtab/types";
import { describe, expect, it } from "vitest";
import type { Change } from "./change.ts";
import { type OpenSessionOptions, openSession } from "./open-session.ts";
import { assistant, closingAfterEach, thrown } from "./test-parts/assistant.ts";

const { closing, newStore } = closingAfterEach();

const open = async (store = newStore(), options: OpenSessionOptions<typeof assistant> = {}) =>
  closing(await openSession(store, "assistant", assistant, options));

describe("subscribe", () => {
  it("tells every later change in order, with what was before and who did it", async () => {
    const store = newStore();
    const app = await open(store);
    const told: [number, Change<number>][] = [];
    const stop = app.variables.temperature.subscribe((value, change) => told.push([value, change]));
    const first = await store.setVariable("assistant", "temperature", 1, {
      actor: "ann",
      metadata: { reason: "trial" },
    });
    await store.setVariable("assistant", "temperature", 1);
    await store.setVariable("assistant", "model", "claude-3");
    await app.caughtUp(5);
    stop();
    await app.variables.temperature.set(0);
    await app.settled();
    expect(told.map(([value]) => value)).toEqual([1, 1]);
    expect(told[0]?.[1]).toEqual({
      kind: "updated",
      key: "temperature",
      name: "temperature",
      id: first.id,
      version: 1,
      value: 1,
      previous: 0.7,
      revision: 3,
      updatedAtMs: first.updatedAtMs,
      actor: "ann",
      origin: "typescript",
      metadata: { reason: "trial" },
      lagged: false,
    });
    expect(told[1]?.[1]).toMatchObject({ version: 2, previous: 1, revision: 4 });
  });

  it("gives the present value at once where asked", async () => {
    const store = newStore();
    const app = await open(store);
    const told: unknown[] = [];
    const listen = (value: number, { kind, version }: Change<number>) => told.push([value, kind, version]);
    app.variables.temperature.subscribe(listen, { immediate: true });
    expect(told).toEqual([[0.7, "initial", 0]]);
    await app.caughtUp((await store.deleteVariable("assistant", "temperature")).revision);
    told.length = 0;
    app.variables.temperature.subscribe(listen, { immediate: true });
    expect(told).toEqual([]);
  });

  it("knows who wrote its value, at which revision, and what it is held to", async () => {
    const store = newStore();
    const app = await open(store, { actor: "worker" });
    const { temperature } = app.variables;
    expect(temperature).toMatchObject({ updatedBy: "worker", constraints: { min: 0, max: 2 }, stale: undefined });
    const { revision } = await store.setVariable("assistant", "temperature", 1, { actor: "ada" });
    await app.caughtUp(revision);
    expect(temperature).toMatchObject({ updatedBy: "ada", revision });
    const own = await temperature.set(0.5);
    expect(temperature).toMatchObject({ updatedBy: "worker", revision: own.revision });
    const { constraints } = await store.updateVariable("assistant", "temperature", { constraints: { max: 1 } });
    await app.caughtUp(own.revision + 1);
    expect(temperature.constraints).toEqual(constraints);
    expect(temperature.updatedBy).toBe("worker");
  });

  it("says when a derived value does not follow from what it depends on", async () => {
    const half = ({ whole }: Readonly<Record<string, unknown>>) => {
      if (whole === 0) throw new RangeError("nothing to halve");
      return Number(whole) / 2;
    };
    const store = closing(createStore({ types: builtinTypes, functions: { half } }));
    const declarations = {
      part: float({ derivation: { kind: "function", name: "half" }, dependencies: ["whole"] }),
      whole: float({ default: 3 }),
    };
    const app = closing(await openSession(store, "s", declarations));
    const { part, whole } = app.variables;
    expect(part.value).toBe(1.5);
    await app.caughtUp((await whole.set(5)).revision);
    expect([part.value, part.stale]).toEqual([2.5, undefined]);
    await app.caughtUp((await whole.set(0)).revision);
    expect(part.value).toBe(2.5);
    expect(part.stale?.cause).toContain("nothing to halve");
    await expect(part.set(1)).rejects.toMatchObject({ reason: "read_only" });
  });

  it("tells of new constraints too, which leave the value", async () => {
    const store = newStore();
    const app = await open(store);
    const told: unknown[] = [];
    app.variables.temperature.subscribe((value, { kind, version }) => told.push([value, kind, version]));
    await store.updateVariable("assistant", "temperature", { description: "randomness" });
    await app.caughtUp(3);
    expect(told).toEqual([[0.7, "changed", 0]]);
  });

  it("keeps what one callback throws away from the others", async () => {
    const errors: unknown[] = [];
    const onError = (error: unknown) => errors.push((error as Error).message);
    const app = closing(await openSession(newStore(), "assistant", assistant, { onError }));
    const told: number[] = [];
    const { temperature } = app.variables;
    const bad = (value: number) => {
      throw new Error(`bad ${value}`);
    };
    temperature.subscribe(bad, { immediate: true });
    temperature.subscribe(async (value) => bad(value * 10));
    temperature.subscribe((value) => told.push(value));
    app.subscribe(() => bad(0));
    await temperature.set(1);
    await app.settled();
    expect(told).toEqual([1]);
    expect(app.status).toBe("ready");
    await expect.poll(() => errors, { interval: 1 }).toEqual(["bad 0.7", "bad 1", "bad 0", "bad 10"]);
  });

  it("lets a callback stop others, and itself, in the middle", async () => {
    const app = await open();
    const { temperature } = app.variables;
    const told: string[] = [];
    const stopFirst = temperature.subscribe(() => {
      told.push("first");
      stopFirst();
      stopSecond();
      temperature.subscribe(() => told.push("third"));
    });
    const stopSecond = temperature.subscribe(() => told.push("second"));
    await temperature.set(1);
    await app.settled();
    expect(told).toEqual(["first"]);
    await temperature.set(2);
    await app.settled();
    expect(told).toEqual(["first", "third"]);
  });
});

describe("changes", () => {
  it("gives every change from the call on, in order, to the last", async () => {
    const app = await open();
    const { maxTokens } = app.variables;
    const changes = maxTokens.changes();
    for (let tokens = 1; tokens <= 50; tokens++) await maxTokens.set(tokens);
    await app.settled();
    await app.close();
    const told: [number, number, boolean][] = [];
    for await (const { value, version, lagged } of changes) told.push([value, version, lagged]);
    expect(told).toEqual(Array.from({ length: 50 }, (_, i) => [i + 1, i + 1, false]));
  });

  it("gives a slow loop the newest value in place of what it missed, and says so", async () => {
    const app = await open();
    const { maxTokens } = app.variables;
    const changes = maxTokens.changes({ capacity: 4 });
    for (let tokens = 1; tokens <= 11; tokens++) await maxTokens.set(tokens);
    await app.settled();
    await app.close();
    const told: unknown[] = [];
    for await (const { value, previous, lagged } of changes) told.push([value, previous, lagged]);
    expect(told).toEqual([
      // 1 to 4 gave way to 5, and 5 to 8 to 9.
      [9, 256, true],
      [10, 9, false],
      [11, 10, false],
    ]);
  });

  it("tells a slow loop of a write, whatever came after it that leaves the value", async () => {
    const store = newStore();
    const app = await open(store);
    const { maxTokens } = app.variables;
    const changes = maxTokens.changes({ capacity: 1 });
    await maxTokens.set(1);
    await maxTokens.set(2, { actor: "ada" });
    const described = { description: "at most" };
    const { revision } = await store.updateVariable("assistant", "maxTokens", described, { actor: "bob" });
    await app.caughtUp(revision);
    await app.close();
    const told: unknown[] = [];
    for await (const each of changes) told.push(each);
    expect(told).toMatchObject([{ kind: "updated", value: 2, previous: 256, actor: "ada", revision, lagged: true }]);
  });

  it("ends with its signal, and when the loop is left", async () => {
    const app = await open();
    const { maxTokens } = app.variables;
    const controller = new AbortController();
    const told: number[] = [];
    const looping = (async () => {
      for await (const { value } of maxTokens.changes({ signal: controller.signal })) told.push(value);
    })();
    await maxTokens.set(1);
    await app.settled();
    controller.abort();
    await looping;
    await maxTokens.set(2);
    await app.settled();
    expect(told).toEqual([1]);

    const changes = maxTokens.changes();
    await maxTokens.set(3);
    await maxTokens.set(4);
    await app.settled();
    for await (const { value } of changes) {
      told.push(value);
      break;
    }
    expect(told).toEqual([1, 3]);
    expect(await changes.next()).toEqual({ done: true, value: undefined });
  });

  it("gives nothing where it is over before it began", async () => {
    const app = await open();
    const aborted = app.variables.maxTokens.changes({ signal: AbortSignal.abort() });
    expect(await aborted.next()).toEqual({ done: true, value: undefined });
    await app.close();
    expect(await app.variables.maxTokens.changes().next()).toEqual({ done: true, value: undefined });
  });

  it("lets go of its signal when the session is closed", async () => {
    const app = await open();
    const { signal } = new AbortController();
    app.variables.maxTokens.changes({ signal });
    expect(getEventListeners(signal, "abort")).toHaveLength(1);
    await app.close();
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  it("answers several readers that wait at once, in turn", async () => {
    const app = await open();
    const changes = app.variables.maxTokens.changes();
    const reading = Promise.all([changes.next(), changes.next()]);
    await app.variables.maxTokens.set(1);
    await app.variables.maxTokens.set(2);
    expect((await reading).map(({ value }) => value?.value)).toEqual([1, 2]);
  });

  it("refuses to keep nothing", async () => {
    const app = await open();
    expect(thrown(() => app.variables.model.changes({ capacity: 0 }))).toMatchObject({ reason: "invalid_argument" });
  });
});
