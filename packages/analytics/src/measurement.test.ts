import type { Commit, ValueRecord } from "@trimtab/core";
import { expect, test } from "vitest";
import { measurementOf } from "./measurement.ts";

const commitWith = (metadata: ValueRecord): Commit => ({
  session: "s",
  revision: 3,
  atMs: 1000,
  actor: "ada",
  origin: "python",
  metadata,
  events: [],
});

test("a measurement is read from metadata, its numbers in whichever form they were sent", () => {
  const metrics = { loss: 3n, accuracy: 0.5, note: "fast", worst: Number.POSITIVE_INFINITY };
  const found = measurementOf(commitWith({ metrics, iteration: 2n, objective: "maximize_accuracy" }), new Map());
  expect(found).toMatchObject({
    optimizer: "ada",
    optimization: "ada",
    iteration: 2,
    objective: { metric: "accuracy", direction: "maximize" },
  });
  expect([...(found?.metrics ?? [])]).toEqual([
    ["accuracy", 0.5],
    ["loss", 3],
  ]);
});

test.each([[undefined], [null], ["loss"], [[1, 2]], [{}], [{ loss: "low" }]])("%j are no metrics", (metrics) => {
  const metadata: ValueRecord = metrics === undefined ? {} : { metrics };
  expect(measurementOf(commitWith(metadata), new Map())).toBeUndefined();
});
