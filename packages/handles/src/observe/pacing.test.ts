import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createManualTimers } from "../test-parts/manual-timers.ts";
import { createBatching } from "./batching.ts";
import type { ObservedEvent } from "./observed-event.ts";
import { createPacing } from "./pacing.ts";

const update = (version: number, id = "v"): ObservedEvent => ({
  kind: "updated",
  id,
  name: id,
  version,
  newValue: version,
  oldValue: version - 1,
  metadata: {},
  actor: "ada",
  origin: "typescript",
  revision: version,
  atMs: version,
  lagged: false,
});

describe("pacing", () => {
  test("lets the first through at once and the latest when the window is over", () => {
    const timers = createManualTimers();
    const seen: ObservedEvent[] = [];
    const pacing = createPacing(100, (event) => seen.push(event), timers);
    for (const version of [1, 2, 3]) pacing.push(update(version));
    expect(seen.map(({ version }) => version)).toEqual([1]);
    timers.advance(100);
    expect(seen.map(({ version, oldValue, lagged }) => [version, oldValue, lagged])).toEqual([
      [1, 0, false],
      [3, 1, true],
    ]);
    timers.advance(100);
    pacing.push(update(4));
    expect(seen).toHaveLength(3);
  });

  test("tells a write as one, whatever comes after it that leaves the value", () => {
    const timers = createManualTimers();
    const seen: ObservedEvent[] = [];
    const pacing = createPacing(100, (event) => seen.push(event), timers);
    pacing.push(update(1));
    pacing.push(update(2));
    for (const [index, kind] of (["changed", "staleness", "dependency-changed"] as const).entries()) {
      pacing.push({ ...update(2), kind, actor: "bob", oldValue: 2, revision: 3 + index });
    }
    timers.advance(100);
    expect(seen.slice(1)).toEqual([{ ...update(2), oldValue: 1, revision: 5, lagged: true }]);
  });

  test("never loses a variable's last state, and never tells of one twice within a window", () => {
    const steps = fc.array(
      fc.oneof(fc.record({ wait: fc.nat({ max: 150 }) }), fc.record({ id: fc.constantFrom("a", "b") })),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(steps, (plan) => {
        const timers = createManualTimers();
        const told: { id: string; version: number; nowMs: number }[] = [];
        let nowMs = 0;
        const pacing = createPacing(100, ({ id, version }) => told.push({ id, version, nowMs }), {
          ...timers,
          schedule: (delayMs, run) => {
            const dueMs = nowMs + delayMs;
            return timers.schedule(delayMs, () => {
              nowMs = dueMs;
              run();
            });
          },
        });
        const last = new Map<string, number>();
        let version = 0;
        for (const step of plan) {
          if ("id" in step) {
            last.set(step.id, ++version);
            pacing.push(update(version, step.id));
          } else {
            const untilMs = nowMs + step.wait;
            timers.advance(step.wait);
            nowMs = untilMs;
          }
        }
        timers.advance(1000);
        for (const [id, final] of last) {
          const own = told.filter((each) => each.id === id);
          expect(own.at(-1)?.version).toBe(final);
          for (const [index, each] of own.entries()) {
            if (index > 0) expect(each.nowMs - (own[index - 1]?.nowMs ?? 0)).toBeGreaterThanOrEqual(100);
          }
        }
      }),
    );
  });

  test("drops what it held back when it is closed", () => {
    const timers = createManualTimers();
    const seen: ObservedEvent[] = [];
    const pacing = createPacing(100, (event) => seen.push(event), timers);
    pacing.push(update(1));
    pacing.push(update(2));
    pacing.close();
    timers.advance(1000);
    expect(seen).toHaveLength(1);
    expect(timers.pending).toEqual([]);
  });
});

describe("batching", () => {
  test("hands on a full batch at once and a part of one in time", () => {
    const timers = createManualTimers();
    const batches: number[][] = [];
    const batching = createBatching(
      { maxSize: 3, maxDelayMs: 100 },
      (events) => batches.push(events.map(({ version }) => version)),
      timers,
    );
    for (const version of [1, 2, 3, 4]) batching.push(update(version));
    expect(batches).toEqual([[1, 2, 3]]);
    timers.advance(99);
    expect(batches).toHaveLength(1);
    timers.advance(1);
    expect(batches).toEqual([[1, 2, 3], [4]]);
    expect(timers.pending).toEqual([]);
  });
});
