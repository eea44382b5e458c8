import type { Commit, WriteVia } from "@trimtab/core";
import { createMemoryLog } from "@trimtab/log";
import { builtinTypes } from "@trimtab/types";
import { expect, onTestFinished, test } from "vitest";
import { createStore } from "./create-store.ts";
import { createMovingClock } from "./test-parts/moving-clock.ts";

test("every commit of an optimization says by which call it came", async () => {
  const log = createMemoryLog<Commit>();
  const store = createStore({ types: builtinTypes, log });
  onTestFinished(() => store.close());
  await store.createSession({ id: "s" });
  await store.registerVariable("s", { name: "x", type: "float", value: 1 });
  const from = { principal: "ada", session: "t", address: "192.0.2.7:51234", userAgent: "curl", protocol: "connect" };
  const by = (action: string): { via: WriteVia } => ({ via: { ...from, action } });
  for (const onConflict of ["abort", "wait", "preempt"] as const) {
    const { optimization, fencingToken } = await store.startOptimization("s", ["x"], {
      optimizer: "o",
      onConflict,
      ...by("StartOptimization"),
    });
    const { id } = optimization;
    await store.renewLease("s", id, { fencingToken, leaseTtlMs: 400_000, ...by("RenewLease") });
    await store.reportProgress("s", id, { fencingToken, metrics: { loss: 1 }, ...by("ReportProgress") });
    await store.stopOptimization("s", { kind: "optimization", id }, by("StopOptimization"));
  }
  const read = await log.read("s", 2);
  if (read.kind !== "entries") throw new Error(read.kind);
  const once = ["StartOptimization", "RenewLease", "ReportProgress", "StopOptimization"];
  expect(read.entries.map(({ via }) => via)).toEqual(
    [...once, ...once, ...once].map((action) => ({ ...from, action })),
  );
});

test("a lease that was not renewed in time is told of once the sweep has recorded that", async () => {
  const { clock, advance } = createMovingClock();
  const store = createStore({ types: builtinTypes, clock });
  onTestFinished(() => store.close());
  await store.createSession({ id: "s" });
  await store.registerVariable("s", { name: "x", type: "float", value: 1 });
  const { optimization } = await store.startOptimization("s", ["x"], { optimizer: "o", leaseTtlMs: 1000 });
  const told: unknown[] = [];
  store.telemetry.on("dspex.variables.optimization_completed", ({ metadata }) => told.push(metadata));
  await store.sweep();
  expect(told).toEqual([]);
  advance(1001);
  await store.sweep();
  await store.sweep();
  expect(told).toEqual([{ session_id: "s", optimization_id: optimization.id, outcome: "abandoned" }]);
});
