import { describe, expect, it } from "vitest";
import { openSession } from "./open-session.ts";
import { assistant, closingAfterEach } from "./test-parts/assistant.ts";

const { closing, newStore } = closingAfterEach();

const open = async (store = newStore()) => closing(await openSession(store, "assistant", assistant));

describe("latest", () => {
  it("gives the values as they are, and then as commits leave them, the newest to whoever was busy", async () => {
    const store = newStore();
    const app = await open(store);
    const seen: [number, number, number][] = [];
    for await (const { values, revision } of app.latest()) {
      seen.push([values.temperature, values.maxTokens, revision]);
      if (seen.length === 1) {
        await store.setVariable("assistant", "temperature", 1);
        await store.setVariable("assistant", "temperature", 1.5);
        await app.caughtUp((await store.setVariables("assistant", { temperature: 2, maxTokens: 1 })).revision);
      } else if (seen.length === 2) {
        // Nothing is new yet, so that the loop waits.
        queueMicrotask(() => void store.setVariable("assistant", "maxTokens", 2));
      } else break;
    }
    expect(seen).toEqual([
      [0.7, 256, 2],
      [2, 1, 5],
      [2, 2, 6],
    ]);
  });

  it("passes over moments at which a variable is gone", async () => {
    const store = newStore();
    const app = await open(store);
    const models: string[] = [];
    for await (const { values } of app.latest()) {
      models.push(values.model);
      if (models.length === 2) break;
      await app.caughtUp((await store.deleteVariable("assistant", "temperature")).revision);
      await store.setVariable("assistant", "model", "claude-3");
      await store.registerVariable("assistant", { name: "temperature", type: "float", value: 1 });
    }
    expect(models).toEqual(["gpt-4", "claude-3"]);
  });

  it("is left at once by a reader that waits", async () => {
    const app = await open();
    const moments = app.latest();
    await moments.next();
    const waiting = moments.next();
    expect(await moments.return()).toEqual({ done: true, value: undefined });
    expect(await waiting).toEqual({ done: true, value: undefined });
  });

  it("ends with the signal and with the session", async () => {
    const app = await open();
    const controller = new AbortController();
    const moments: number[] = [];
    for await (const { revision } of app.latest({ signal: controller.signal })) {
      moments.push(revision);
      controller.abort();
    }
    for await (const { revision } of app.latest()) {
      moments.push(revision);
      queueMicrotask(() => void app.close());
    }
    for await (const { revision } of app.latest()) moments.push(revision);
    expect(moments).toEqual([2, 2]);
  });
});
