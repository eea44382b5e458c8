import { storeError } from "@trimtab/core";
import { float, integer, string } from "@trimtab/types";
import { describe, expect, it } from "vitest";
import { openSession } from "./open-session.ts";
import { assistant, closingAfterEach, rejection, thrown } from "./test-parts/assistant.ts";
import { createFragileStore } from "./test-parts/fragile-store.ts";
import { createManualTimers } from "./test-parts/manual-timers.ts";

const { closing, newStore } = closingAfterEach();

describe("openSession", () => {
  it("makes the session and its variables, and has their values at hand", async () => {
    const store = newStore();
    const app = closing(await openSession(store, "assistant", assistant, { ttlMs: 5000, metadata: { owner: "ann" } }));
    expect(app.status).toBe("ready");
    expect(app.values).toEqual({ temperature: 0.7, model: "gpt-4", maxTokens: 256 });
    expect(await store.getSession("assistant")).toMatchObject({ ttlMs: 5000, metadata: { owner: "ann" }, revision: 2 });
  });

  it("gives each variable's surroundings", async () => {
    const store = newStore();
    const app = closing(await openSession(store, "assistant", assistant));
    const stored = await store.getVariable("assistant", "temperature");
    const { name, id, value, version, updatedAtMs } = app.variables.temperature;
    expect({ name, id, value, version, updatedAtMs }).toEqual({
      name: "temperature",
      id: stored.id,
      value: 0.7,
      version: 0,
      updatedAtMs: stored.updatedAtMs,
    });
  });

  it("keeps what is there and registers what is not", async () => {
    const store = newStore();
    await store.createSession({ id: "assistant" });
    await store.registerVariable("assistant", { name: "temperature", type: "float", value: 1.5 });
    const app = closing(await openSession(store, "assistant", assistant, { actor: "ann" }));
    expect(app.values).toEqual({ temperature: 1.5, model: "gpt-4", maxTokens: 256 });
    expect((await store.getVariable("assistant", "model")).updatedBy).toBe("ann");
  });

  it("passes description, metadata and readOnly on", async () => {
    const store = newStore();
    const limit = integer({ default: 3, description: "attempts", metadata: { unit: "times" }, readOnly: true });
    const app = closing(await openSession(store, "s", { limit }));
    expect(await store.getVariable("s", "limit")).toMatchObject({
      description: "attempts",
      metadata: { unit: "times" },
      readOnly: true,
    });
    await rejection(app.variables.limit.set(4), "read_only");
    expect(app.variables.limit.value).toBe(3);
  });

  it("takes names that differ from the keys", async () => {
    const store = newStore();
    const app = closing(await openSession(store, "assistant", assistant, { names: { maxTokens: "max_tokens" } }));
    expect(app.variables.maxTokens.name).toBe("max_tokens");
    await app.set({ maxTokens: 512 }, { expectedVersions: { maxTokens: 0 } });
    expect((await store.getVariable("assistant", "max_tokens")).value).toBe(512);
    await rejection(app.set({ maxTokens: 1 }, { expectedVersions: { maxTokens: 0 } }), "version_mismatch");
  });

  it("opens without any variables", async () => {
    const app = closing(await openSession(newStore(), "empty", {}));
    expect(app.values).toEqual({});
  });

  it("does not make the session where told not to", async () => {
    const store = newStore();
    await rejection(openSession(store, "assistant", assistant, { create: false }), "session_not_found");
    await store.createSession({ id: "assistant" });
    closing(await openSession(store, "assistant", assistant, { create: false }));
  });
});

describe("openSession refuses", () => {
  it("variables that have no default and do not exist, by name", async () => {
    const store = newStore();
    const declared = { temperature: float(), topic: string(), model: assistant.model };
    const error = await rejection(openSession(store, "assistant", declared), "not_found");
    expect(error.message).toContain('"temperature", "topic"');
    await store.registerVariables("assistant", [
      { name: "temperature", type: "float", value: 1 },
      { name: "topic", type: "string", value: "ships" },
    ]);
    const app = closing(await openSession(store, "assistant", declared));
    expect(app.values).toEqual({ temperature: 1, topic: "ships", model: "gpt-4" });
  });

  it("a variable of another type, naming both", async () => {
    const store = newStore();
    await store.createSession({ id: "assistant" });
    await store.registerVariable("assistant", { name: "model", type: "string", value: "gpt-4" });
    const error = await rejection(openSession(store, "assistant", assistant), "invalid_type");
    expect(error.message).toBe('variable "model" is of type string, but is declared as choice');
    expect(error.details).toEqual({ type: "string" });
  });

  it("a declaration that contradicts itself, before anything is sent", async () => {
    const store = createFragileStore(newStore());
    const wrong = { temperature: { ...float({ max: 2 }), default: 5 } };
    await rejection(openSession(store, "assistant", wrong), "constraint_violation");
    const worse = { temperature: { ...float(), constraints: { min: 3, max: 2 } } };
    await rejection(openSession(store, "assistant", worse), "invalid_constraints");
    const names = { temperature: "t", maxTokens: "t" };
    const error = await rejection(openSession(store, "assistant", assistant, { names }), "invalid_argument");
    expect(error.message).toBe('temperature and maxTokens both stand for the variable "t"');
    expect(store.calls.size).toBe(0);
  });

  it("names of another session's variables, before anything is sent", async () => {
    const store = newStore();
    const names = { temperature: "owner/temperature" };
    const error = await rejection(openSession(store, "assistant", assistant, { names }), "invalid_argument");
    expect(error.message).toBe(
      'names.temperature: "owner/temperature" is called as a variable of another session is; handles are of a session\'s own',
    );
    const keyed = { "owner/temperature": assistant.temperature };
    const { details } = await rejection(openSession(store, "assistant", keyed), "invalid_argument");
    expect(details).toEqual({ field: "owner/temperature", value: "owner/temperature" });
    expect((await store.listSessions()).items).toEqual([]);
  });

  it("what is no declaration, before anything is sent", async () => {
    const store = createFragileStore(newStore());
    for (const it of [undefined, null, 3, {}, () => float()]) {
      const declared = { it } as unknown as { it: ReturnType<typeof float> };
      const error = await rejection(openSession(store, "assistant", declared), "invalid_argument");
      expect(error.message).toMatch(/^declarations\.it(\.type)? must be an object, got /);
    }
    expect(store.calls.size).toBe(0);
  });

  it("an id where a name belongs, of which no watch would tell", async () => {
    const store = newStore();
    const { id } = closing(await openSession(store, "assistant", assistant)).variables.model;
    const declared = { model: assistant.model };
    const error = await rejection(
      openSession(store, "assistant", declared, { names: { model: id } }),
      "invalid_argument",
    );
    expect(error.details).toMatchObject({ field: "names.model", value: id });
  });

  it.each([
    ["no store", [null, "s", {}], "store must be an object, got null"],
    ["a number as an id", [newStore(), 5, {}], "id must be text, got number"],
    ["no declarations", [newStore(), "s", null], "declarations must be an object, got null"],
    ["options that are null", [newStore(), "s", {}, null], "options must be an object, got null"],
    ["a signal that is none", [newStore(), "s", {}, { signal: {} }], "signal must be an AbortSignal, got object"],
  ])("%s", async (_, args, message) => {
    const error = await rejection(
      openSession(...(args as never as Parameters<typeof openSession>)),
      "invalid_argument",
    );
    expect(error.message).toContain(message);
  });

  it("times that are none, before anything is sent", async () => {
    const store = createFragileStore(newStore());
    for (const options of [
      { timeoutMs: Number.NaN },
      { timeoutMs: -1 },
      { livenessTimeoutMs: 0 },
      { reportReadsMs: Number.NaN },
    ]) {
      const { details } = await rejection(openSession(store, "assistant", assistant, options), "invalid_argument");
      expect(Object.keys(options)).toContain(details.field);
    }
    expect(store.calls.size).toBe(0);
  });

  it("what the store refuses", async () => {
    const error = await rejection(openSession(newStore(), "a/b", assistant), "invalid_argument");
    expect(error.code).toBe("invalid_argument");
  });
});

describe("opening while the store cannot be reached", () => {
  const down = storeError("unavailable", "no route", {});

  it("keeps trying, with growing waits, and opens when it comes back", async () => {
    const store = createFragileStore(newStore());
    store.refuse(down);
    const timers = createManualTimers();
    const opening = openSession(store, "assistant", assistant, { timers });
    for (const delayMs of [125, 250, 500]) {
      await expect.poll(() => timers.pending[0], { interval: 1 }).toBe(delayMs);
      if (delayMs === 500) store.refuse(undefined);
      timers.advance(delayMs);
    }
    const app = closing(await opening);
    expect(app.values.temperature).toBe(0.7);
    expect(app.error).toBeUndefined();
  });

  it("gives up after the time allowed, with the reason", async () => {
    const store = createFragileStore(newStore());
    store.refuse(down);
    const timers = createManualTimers(() => 0.999);
    const opening = openSession(store, "assistant", assistant, { timers, timeoutMs: 100 });
    await expect.poll(() => timers.pending.length, { interval: 1 }).toBe(2);
    timers.advance(100);
    expect(await rejection(opening, "unavailable")).toBe(down);
    expect(timers.pending).toEqual([]);
  });

  it("gives up where nothing comes on the watch, and says what keeps answers back", async () => {
    const store = createFragileStore(newStore());
    store.hold(true);
    const timers = createManualTimers();
    const opening = openSession(store, "assistant", assistant, { timers });
    await expect.poll(() => store.watches.length, { interval: 1 }).toBe(1);
    timers.advance(30_000);
    const error = await rejection(opening, "deadline_exceeded");
    expect(error.message).toContain("30000 ms: calls are answered, but nothing comes on the watch; a proxy");
    expect(timers.pending).toEqual([]);
  });

  it("gives up when the signal is aborted, before and during", async () => {
    const store = createFragileStore(newStore());
    await rejection(openSession(store, "assistant", assistant, { signal: AbortSignal.abort() }), "cancelled");
    expect(store.calls.size).toBe(0);
    store.refuse(down);
    const controller = new AbortController();
    const opening = openSession(store, "assistant", assistant, { signal: controller.signal });
    controller.abort();
    await rejection(opening, "cancelled");
  });

  it("is not undone by the signal once open", async () => {
    const controller = new AbortController();
    const app = closing(await openSession(newStore(), "assistant", assistant, { signal: controller.signal }));
    controller.abort();
    expect(app.status).toBe("ready");
  });
});

describe("close", () => {
  it("ends watching and writing, and keeps values readable", async () => {
    const store = newStore();
    const app = await openSession(store, "assistant", assistant);
    const told: string[] = [];
    app.onStatus((status) => told.push(status));
    app.subscribe(() => told.push("change"));
    await app.close();
    await app.close();
    expect(app.status).toBe("closed");
    expect(told).toEqual(["closed"]);
    await rejection(app.variables.temperature.set(1), "cancelled");
    await rejection(app.set({ temperature: 1 }), "cancelled");
    await rejection(
      app.variables.temperature.update((t) => t + 1),
      "cancelled",
    );
    await store.setVariable("assistant", "temperature", 1);
    expect(app.variables.temperature.value).toBe(0.7);
    expect(told).toEqual(["closed"]);
  });

  it("comes with the block that opened the session", async () => {
    const store = newStore();
    const outer = await (async () => {
      await using app = await openSession(store, "assistant", assistant);
      expect(app.status).toBe("ready");
      return app;
    })();
    expect(outer.status).toBe("closed");
  });

  it("leaves no timer behind", async () => {
    const timers = createManualTimers();
    const app = await openSession(newStore(), "assistant", assistant, { timers });
    await app.close();
    expect(timers.pending).toEqual([]);
  });
});

describe("a variable that is deleted", () => {
  it("cannot be read until it is registered again, and is followed from there", async () => {
    const store = newStore();
    const app = closing(await openSession(store, "assistant", assistant));
    const { temperature } = app.variables;
    const kinds: string[] = [];
    temperature.subscribe((value, { kind, version }) => kinds.push(`${kind} ${value} v${version}`));
    await temperature.set(1);

    await app.caughtUp((await store.deleteVariable("assistant", "temperature")).revision);
    expect(thrown(() => temperature.value)).toMatchObject({ reason: "not_found", details: { id: "temperature" } });
    expect(() => temperature.version).toThrow();
    expect(() => app.values).toThrow();
    await rejection(temperature.set(0.5), "not_found");
    await rejection(
      temperature.update((t) => t),
      "not_found",
    );
    expect(app.variables.model.value).toBe("gpt-4");

    const again = await store.registerVariable("assistant", { name: "temperature", type: "float", value: 1.9 });
    await app.caughtUp(again.revision);
    expect(temperature.value).toBe(1.9);
    expect(temperature.id).toBe(again.variable.id);
    await temperature.set(0.1);
    await app.settled();
    expect(kinds).toEqual(["updated 1 v1", "deleted 1 v1", "registered 1.9 v0", "updated 0.1 v1"]);
  });

  it("cannot be read or set while another type has its name", async () => {
    const store = newStore();
    const errors: unknown[] = [];
    const app = closing(await openSession(store, "assistant", assistant, { onError: (error) => errors.push(error) }));
    const { temperature } = app.variables;
    await store.deleteVariable("assistant", "temperature");
    const other = await store.registerVariable("assistant", { name: "temperature", type: "string", value: "warm" });
    await app.caughtUp(other.revision);
    const mismatch = { reason: "invalid_type", message: expect.stringMatching(/string.*float/) };
    expect(thrown(() => temperature.value)).toMatchObject(mismatch);
    await rejection(temperature.set(1), "invalid_type");
    expect(errors).toMatchObject([mismatch]);
    const written = await store.setVariable("assistant", "temperature", "warmer");
    await app.caughtUp(written.revision);
    expect(thrown(() => temperature.value)).toMatchObject(mismatch);
    await store.deleteVariable("assistant", "temperature");
    await store.registerVariable("assistant", { name: "temperature", type: "float", value: 0.3 });
    await expect.poll(() => app.values.temperature, { interval: 1 }).toBe(0.3);
  });
});
