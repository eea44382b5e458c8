import type { Commit } from "@trimtab/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createRecentCommits } from "./recent-commits.ts";

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
      ({ floor, ...options }, sizes) => {
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
