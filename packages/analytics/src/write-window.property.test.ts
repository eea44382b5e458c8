import type { Commit, SessionEvent } from "@trimtab/core";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createWriteWindow } from "./write-window.ts";
import { createWriteWindows } from "./write-windows.ts";

const ids = ["a", "b", "c"];

/** Commits that write some of three variables each, as a session's log would hold them. */
const arbitraryCommits = fc
  .array(fc.dictionary(fc.constantFrom(...ids), fc.integer({ min: -100, max: 100 }), { minKeys: 1 }), {
    maxLength: 60,
    size: "max",
  })
  .map((writes) => {
    const values = new Map<string, number>();
    return writes.map((changed, index): Commit => {
      const events = Object.entries(changed).map(([id, value]): SessionEvent => {
        const previous = { kind: "number", value: values.get(id) ?? 0 } as const;
        values.set(id, value);
        return { kind: "variable-set", id, name: id, version: 1, payload: { kind: "number", value }, previous };
      });
      return {
        session: "s",
        revision: index + 1,
        atMs: index * 10,
        actor: `actor-${index % 3}`,
        origin: "typescript",
        metadata: index % 4 === 0 ? { metrics: { loss: index } } : {},
        events,
      };
    });
  });

test("a window holds the newest writes, and the values that came before them", async () => {
  await fc.assert(
    fc.property(arbitraryCommits, fc.integer({ min: 1, max: 8 }), (commits, capacity) => {
      const window = createWriteWindow(capacity);
      for (const commit of commits) {
        window.apply(commit);
        expect(window.writes.length).toBeLessThan(2 * capacity + ids.length);
      }
      const all = commits.flatMap((commit) =>
        commit.events.flatMap((event) =>
          event.kind === "variable-set" && event.payload.kind === "number"
            ? [{ revision: commit.revision, id: event.id, value: event.payload.value }]
            : [],
        ),
      );
      expect(window.writes.map(({ revision, id, value }) => ({ revision, id, value }))).toEqual(
        all.slice(all.length - window.writes.length),
      );
      expect(window.writes.length).toBeGreaterThanOrEqual(Math.min(all.length, capacity));
      const before = all.slice(0, all.length - window.writes.length);
      for (const id of new Set(all.map((write) => write.id))) {
        expect(window.initial.get(id)).toBe(before.findLast((write) => write.id === id)?.value ?? 0);
      }
    }),
  );
});

test("a window read from the log in pieces, forgotten and read again is the one that was folded in one go", async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryCommits, fc.integer({ min: 1, max: 7 }), async (commits, piece) => {
      let durable = 0;
      const read = async (_: string, after: number) => ({
        kind: "entries" as const,
        entries: commits.slice(after, Math.min(durable, after + piece)),
      });
      const windows = createWriteWindows(read, { writes: 1000, sessions: 1 });
      for (durable = 0; durable < commits.length; durable += 13) {
        await Promise.all([windows.upToDate("s"), windows.upToDate("s")]);
        if (durable % 2 === 0) await windows.upToDate("other");
      }
      durable = commits.length;
      const whole = createWriteWindow(1000);
      for (const commit of commits) whole.apply(commit);
      const window = await windows.upToDate("s");
      expect(window.writes).toEqual(whole.writes);
      expect(window.measurements).toEqual(whole.measurements);
      expect(window.revision).toBe(whole.revision);
    }),
    { numRuns: 50 },
  );
});

test("a window goes on from where the log was trimmed", async () => {
  const commits = fc.sample(arbitraryCommits, { seed: 1, numRuns: 20 }).find(({ length }) => length > 20) ?? [];
  const read = async (_: string, after: number) =>
    after < 10
      ? ({ kind: "trimmed", through: 10 } as const)
      : ({ kind: "entries", entries: commits.slice(after) } as const);
  const window = await createWriteWindows(read, { writes: 1000, sessions: 1 }).upToDate("s");
  expect(window.writes[0]?.revision).toBe(11);
  expect(window.sinceMs).toBe(100);
});
