import { describe, expect, it } from "vitest";
import { openSession } from "./open-session.ts";
import { assistant, closingAfterEach, rejection } from "./test-parts/assistant.ts";

const { closing, newStore } = closingAfterEach();

const open = async (store = newStore()) => closing(await openSession(store, "assistant", assistant));

describe("until", () => {
  it("gives the present value where the condition holds of it", async () => {
    const { temperature } = (await open()).variables;
    const value: number = await temperature.until((t) => t < 1);
    expect(value).toBe(0.7);
  });

  it("waits for the first value for which it holds, and looks at each", async () => {
    const store = newStore();
    const app = await open(store);
    const seen: number[] = [];
    const waiting = app.variables.temperature.until((t) => seen.push(t) > 0 && t > 1);
    for (const value of [0.8, 1.5, 1.7]) await store.setVariable("assistant", "temperature", value);
    expect(await waiting).toBe(1.5);
    await app.caughtUp(5);
    expect(seen).toEqual([0.7, 0.8, 1.5]);
  });

  it("takes no deletion for a value", async () => {
    const store = newStore();
    const app = await open(store);
    const { temperature } = app.variables;
    await app.caughtUp((await temperature.set(0.9)).revision);
    let isDeleted = false;
    const waiting = temperature.until((t) => isDeleted && t <= 0.9);
    isDeleted = true;
    await store.deleteVariable("assistant", "temperature");
    await store.registerVariable("assistant", { name: "temperature", type: "float", value: 0.4 });
    expect(await waiting).toBe(0.4);
  });

  it("ends with the signal, with the session, and with what the condition throws", async () => {
    const app = await open();
    const { temperature } = app.variables;
    const never = () => false;
    await rejection(temperature.until(never, { signal: AbortSignal.abort() }), "cancelled");
    const controller = new AbortController();
    const aborted = rejection(temperature.until(never, { signal: controller.signal }), "cancelled");
    controller.abort();
    await aborted;
    const failing = temperature.until(() => {
      throw new Error("bad");
    });
    await expect(failing).rejects.toThrow("bad");
    const closed = rejection(temperature.until(never), "cancelled");
    await app.close();
    await closed;
    await rejection(temperature.until(never), "cancelled");
  });
});
