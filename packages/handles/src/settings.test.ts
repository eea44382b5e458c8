import type { Value } from "@trimtab/core";
import { createStore } from "@trimtab/store";
import { builtinTypes } from "@trimtab/types";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createSettings, type SettingsSource } from "./settings.ts";

let store: ReturnType<typeof createStore>;
let kept: Map<string, Value>;

const source: SettingsSource = {
  get: (name) => kept.get(name),
  put: (name, value) => {
    kept.set(name, value);
  },
};

beforeEach(async () => {
  kept = new Map<string, Value>([["temperature", 0.7]]);
  store = createStore({ types: builtinTypes });
  await store.createSession({ id: "s" });
  const constraints = { min: 0, max: 2 };
  await store.registerVariable("s", { name: "temperature", type: "float", value: 0.7, constraints });
  await store.registerVariable("s", { name: "fixed", type: "float", value: 1, readOnly: true });
});

afterEach(() => store.close());

it("sets the variable, and then the setting", async () => {
  const settings = createSettings(store, "s", source);
  const written = await settings.putVariable("temperature", 0.9, { actor: "ada" });
  expect(written).toMatchObject({ name: "temperature", version: 1 });
  expect(await store.getVariable("s", "temperature")).toMatchObject({ value: 0.9, updatedBy: "ada" });
  expect(kept.get("temperature")).toBe(0.9);
});

it("sets the setting alone where there is no such variable", async () => {
  const settings = createSettings(store, "s", source);
  expect(await settings.putVariable("theme", "dark")).toBeUndefined();
  expect(kept.get("theme")).toBe("dark");
  expect((await store.listVariables("s")).items.map(({ name }) => name)).toEqual(["temperature", "fixed"]);
});

it.each(["ui/theme", "s/temperature", "", "a\nb"])(
  "takes %j, which names no variable, for a setting alone",
  async (name) => {
    const unasked = () => Promise.reject(new Error("asked for what cannot be there"));
    const settings = createSettings({ ...store, getVariable: unasked, setVariable: unasked }, "s", source);
    expect(await settings.putVariable(name, 1.5)).toBeUndefined();
    expect([kept.get(name), await settings.get(name)]).toEqual([1.5, 1.5]);
  },
);

it("leaves the setting as it was where the variable refuses the value", async () => {
  const settings = createSettings(store, "s", source);
  await expect(settings.putVariable("temperature", 3)).rejects.toMatchObject({ reason: "constraint_violation" });
  await expect(settings.putVariable("temperature", "hot")).rejects.toMatchObject({ reason: "validation_failed" });
  await expect(settings.putVariable("fixed", 2)).rejects.toMatchObject({ reason: "read_only" });
  await expect(settings.putVariable("temperature", 1, { expectedVersion: 7 })).rejects.toMatchObject({
    reason: "version_mismatch",
  });
  expect([...kept]).toEqual([["temperature", 0.7]]);
});

it("does not take a session that is not there for a variable that is not", async () => {
  const settings = createSettings(store, "elsewhere", source);
  await expect(settings.putVariable("temperature", 0.9)).rejects.toMatchObject({ reason: "session_not_found" });
  await expect(settings.get("temperature")).rejects.toMatchObject({ reason: "session_not_found" });
  expect(kept.get("temperature")).toBe(0.7);
});

it("passes on what the source throws", async () => {
  const put = () => Promise.reject(new RangeError("disk full"));
  await expect(createSettings(store, "s", { ...source, put }).putVariable("temperature", 1)).rejects.toThrow(
    "disk full",
  );
  expect((await store.getVariable("s", "temperature")).value).toBe(1);
});

it("ends with the same value in both, however long the source takes", async () => {
  const waiting: (() => void)[] = [];
  const put = (name: string, value: Value) =>
    new Promise<void>((resolve) => {
      waiting.push(() => {
        kept.set(name, value);
        resolve();
      });
    });
  const settings = createSettings(store, "s", { ...source, put });
  const both = [settings.putVariable("temperature", 1), settings.putVariable("temperature", 2)];
  let done = false;
  const all = Promise.all(both).then(() => {
    done = true;
  });
  while (!done) {
    // The newest first: were two under way at once, the older value would stay.
    waiting.pop()?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  await all;
  expect([kept.get("temperature"), (await store.getVariable("s", "temperature")).value]).toEqual([2, 2]);
});

it("reads the variable where there is one, otherwise the setting", async () => {
  const settings = createSettings(store, "s", source);
  kept.set("theme", "dark").set("temperature", 0.1);
  expect([await settings.get("temperature"), await settings.get("theme"), await settings.get("none")]).toEqual([
    0.7,
    "dark",
    undefined,
  ]);
});
