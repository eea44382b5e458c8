import { setImmediate } from "node:timers/promises";
import { type LiveSession, openSession } from "@trimtab/client";
import type { Store } from "@trimtab/core";
import { createStore } from "@trimtab/store";
import { builtinTypes } from "@trimtab/types";
import { afterEach, beforeEach, expect, it } from "vitest";
import { followSettings } from "./follow-settings.ts";
import { measureAccuracy } from "./measure-accuracy.ts";
import { type Classifier, results, sessionId, settings } from "./variables.ts";

const everything = { ...settings, ...results };
const nearest = (k: number): Classifier => ({
  module: "nearest",
  parameters: { k, distance: "euclidean", examples: 100 },
});

let store: Store & { close(): Promise<void> };
let app: LiveSession<typeof everything>;
let end: () => Promise<void>;
let printed: string[];
/** Answers of the worker are taken in only when this has resolved. */
let taken: Promise<void>;

beforeEach(async () => {
  store = createStore({ types: builtinTypes });
  app = await openSession(store, sessionId, everything, { actor: "test" });
  printed = [];
  taken = Promise.resolve();
  const slow: Store = {
    ...store,
    async setVariables(...answer) {
      await taken;
      return store.setVariables(...answer);
    },
  };
  const stop = new AbortController();
  const following = followSettings(slow, { print: (line) => printed.push(line), signal: stop.signal });
  end = () => {
    stop.abort();
    return following;
  };
});

afterEach(async () => {
  await end();
  await app.close();
  await store.close();
});

/** Resolves when the settings of a revision, or newer ones, have been measured. */
const measured = (revision: number) =>
  new Promise<void>((resolve) => {
    const stop = app.subscribe(() => {
      if (app.values.ofRevision < revision) return;
      stop();
      resolve();
    });
  });

it("measures what is there, and then what is set, with the revision that it belongs to", async () => {
  await measured(1);
  expect(app.values.accuracy).toBe(measureAccuracy(app.values));
  const { revision } = await app.variables.classifier.set(nearest(1));
  await measured(revision);
  const { accuracy, ofRevision, tookMs } = app.values;
  expect({ accuracy, ofRevision }).toEqual({ accuracy: measureAccuracy(app.values), ofRevision: revision });
  expect(tookMs).toBeGreaterThan(0);
  expect(printed[0]).toBe("following the settings");
  expect(printed.at(-1)).toContain(`revision ${revision}: nearest k=1 distance=euclidean examples=100 at 4x4`);
});

it("measures only the newest of what is set while it is busy, and always that", async () => {
  await measured(1);
  const answered: number[] = [];
  app.variables.ofRevision.subscribe((revision) => answered.push(revision));
  const busy = Promise.withResolvers<void>();
  taken = busy.promise;
  const { revision } = await app.variables.classifier.set(nearest(1));
  while (!printed.at(-1)?.includes(`revision ${revision}:`)) await setImmediate();
  for (const k of [2, 3, 4, 5, 6]) await app.variables.classifier.set(nearest(k));
  const newest = await app.set({ classifier: nearest(7), resolution: "7x7" });
  await app.settled();
  busy.resolve();
  await measured(newest.revision);
  expect(answered).toEqual([revision, newest.revision]);
  const values = { classifier: nearest(7), resolution: "7x7", digits: "validation" } as const;
  expect(app.values.accuracy).toBe(measureAccuracy(values));
});

it("does not take its own answers for settings", async () => {
  await measured(1);
  const { version } = app.variables.accuracy;
  const { revision } = await app.variables.resolution.set("7x7");
  await measured(revision);
  await app.settled();
  expect(app.variables.accuracy.version).toBe(version + 1);
});

it("ends when it is told to, and answers no more", async () => {
  await measured(1);
  await end();
  const { version } = app.variables.accuracy;
  await app.variables.classifier.set(nearest(9));
  await app.settled();
  expect(app.variables.accuracy.version).toBe(version);
});
