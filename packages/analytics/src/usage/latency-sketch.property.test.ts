import { queryObjects } from "node:v8";
import { DDSketch } from "@datadog/sketches-js";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createLatencySketch, readLatency } from "./latency-sketch.ts";
import { createUses } from "./uses.ts";

const durations = fc.array(fc.double({ min: 0, max: 1e5, noNaN: true }), { maxLength: 100 });

test("latencies of several sketches, of few durations and many, are those of one sketch of all", async () => {
  await fc.assert(
    fc.property(fc.array(durations, { maxLength: 4 }), (parts) => {
      const sketches = parts.map((part) => {
        const sketch = createLatencySketch();
        for (const each of part) sketch.accept(each);
        expect(sketch.count).toBe(part.length);
        return sketch;
      });
      const all = parts.flat();
      const plain = new DDSketch({ relativeAccuracy: 0.01 });
      for (const each of all) plain.accept(each);
      const told = readLatency([undefined, ...sketches]);
      expect(told.count).toBe(all.length);
      if (all.length === 0) return;
      expect(told.maxMs).toBeCloseTo(Math.max(...all), 5);
      expect(told.meanMs).toBeCloseTo(plain.sum / all.length, 5);
      expect(told.p50Ms).toBeCloseTo(Math.min(plain.max, plain.getValueAtQuantile(0.5)), 5);
      expect(told.p99Ms).toBeCloseTo(Math.min(plain.max, plain.getValueAtQuantile(0.99)), 5);
    }),
  );
});

test("sessions and variables that are used a few times have no sketches, which are large", () => {
  const sketches = () => Number(queryObjects(DDSketch, { format: "count" }));
  const uses = createUses();
  const before = sketches();
  for (let i = 0; i < 1000; i++) {
    uses.read(`s${i}`, ["v"], 1);
    uses.written(`s${i}`, ["v"], 1);
    uses.read(`s${i}`, ["v", "w"], 1);
  }
  expect(sketches()).toBe(before);
  expect(uses.of("s0")?.usage().lastMinute).toMatchObject({ readCount: 3, readLatency: { count: 2 } });
  for (let i = 0; i < 100; i++) uses.written("s0", ["v"], 1);
  expect(sketches()).toBeGreaterThan(before);
});
