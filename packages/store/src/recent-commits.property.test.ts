import type { Commit } from "@trimtab/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRecentCommits, createRecentRoom } from "./recent-commits.ts";

const commitOf = (revision: number, bytes: number): Commit => ({
  session: "s",
  revision,
  atMs: revision,
  actor: "ada",
  origin: "other",
  metadata: {},
  events: [
    {
      kind: "variable-set",
      id: "s:v1",
      name: "v",
      version: revision,
      payload: { kind: "bytes", value: new Uint8Array(bytes) },
    },
  ],
});

/** How many of the newest commits fit; the newest one always does. */
function fitting(sizes: readonly number[], { commits, bytes }: { commits: number; bytes: number }): number {
  let sum = 0;
  let count = 0;
  for (const size of sizes.toReversed()) {
    sum += size;
    if (count === commits || (count > 0 && sum > bytes)) break;
    count++;
  }
  return count;
}

test("the newest commits are kept, as many as fit by number and by bytes, and no others", () => {
  fc.assert(
    fc.property(
      fc.record({ floor: fc.nat(20), commits: fc.integer({ min: 1, max: 6 }), bytes: fc.nat(100) }),
      fc.array(fc.nat(60), { maxLength: 30 }),
      ({ floor, ...limits }, sizes) => {
        const options = { ...limits, room: createRecentRoom(1 << 20) };
        const recent = createRecentCommits(floor, options);
        sizes.forEach((size, index) => {
          const commit = commitOf(floor + index + 1, size);
          recent.push(commit);
          expect(recent.at(commit.revision)).toBe(commit);
          expect(recent.floor).toBe(commit.revision - fitting(sizes.slice(0, index + 1), options));
          for (let revision = 0; revision <= commit.revision + 1; revision++) {
            const isKept = revision > recent.floor && revision <= commit.revision;
            expect(recent.at(revision)?.revision).toBe(isKept ? revision : undefined);
          }
        });
      },
    ),
  );
});

describe("what many windows keep together", () => {
  /** What a commit of one event is counted by, beside its value, which counts twice. */
  const overhead = 2560;
  const sum = (sizes: readonly number[]): number => sizes.reduce((before, each) => before + each, 0);

  function openWindows(bytes: number, count: number) {
    const room = createRecentRoom(bytes);
    const open = () => ({
      recent: createRecentCommits(0, { commits: 1000, bytes: 1 << 30, room }),
      sizes: [0].slice(1),
    });
    const windows = Array.from({ length: count }, open);
    const of = (at: number) => windows[at] ?? open();
    return {
      room,
      windows,
      push(at: number, size: number) {
        const { recent, sizes } = of(at);
        sizes.push(2 * size + overhead);
        recent.push(commitOf(sizes.length, size));
        expect(recent.at(sizes.length)?.revision).toBe(sizes.length);
      },
      reopen(at: number) {
        of(at).recent.leave();
        windows[at] = open();
      },
      kept: () => sum(windows.map(({ recent, sizes }) => sum(sizes.slice(recent.floor)))),
      newest: () => sum(windows.map(({ sizes }) => sizes.at(-1) ?? 0)),
    };
  }

  const step = fc.record({ at: fc.nat(9), bytes: fc.nat(4000), leaves: fc.nat(40).map((roll) => roll === 0) });

  test("is counted, bounded, and given back when they leave", () => {
    fc.assert(
      fc.property(fc.nat(40_000), fc.array(step, { maxLength: 200 }), (bytes, steps) => {
        const { room, windows, push, reopen, kept, newest } = openWindows(bytes, 10);
        for (const { at, bytes: size, leaves } of steps) {
          push(at, size);
          expect(room.held).toBe(kept());
          expect(room.held).toBeLessThanOrEqual(2 * bytes + newest());
          if (leaves) reopen(at);
        }
        for (const { recent } of windows) recent.shrink();
        expect(kept()).toBeLessThanOrEqual(bytes + newest());
        for (const { recent } of windows) recent.leave();
        expect(room).toMatchObject({ held: 0, windows: 0 });
      }),
    );
  });

  test("stays within its bound where each in turn is filled and then rests", () => {
    const { room, push } = openWindows(100 * overhead, 100);
    for (let at = 0; at < 100; at++) for (let count = 0; count < 200; count++) push(at, 0);
    expect(room.held).toBeLessThanOrEqual(300 * overhead);
  });
});
