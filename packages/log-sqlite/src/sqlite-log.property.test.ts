import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CommitLog, createMemoryLog, createMemorySnapshots, type SnapshotStore } from "@trimtab/log";
import fc from "fast-check";
import { expect, test } from "vitest";
import { openSqliteLog } from "./open-sqlite-log.ts";

type Step =
  | { readonly kind: "append"; readonly stream: number; readonly off: number; readonly entries: readonly Uint8Array[] }
  | { readonly kind: "trim"; readonly stream: number; readonly through: number }
  | { readonly kind: "read"; readonly stream: number; readonly after: number; readonly limit: number }
  | { readonly kind: "save"; readonly stream: number; readonly number: number; readonly data: Uint8Array }
  | { readonly kind: "drop"; readonly stream: number }
  | { readonly kind: "reopen" };

const stream = fc.nat(3);
const data = fc.uint8Array({ maxLength: 40 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("append" as const),
      stream,
      // Mostly what the stream's end is, sometimes beside it.
      off: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, fc.integer({ min: -2, max: 2 })),
      entries: fc.array(data, { maxLength: 4 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("trim" as const), stream, through: fc.nat(12) }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("read" as const), stream, after: fc.nat(14), limit: fc.nat(6) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("save" as const), stream, number: fc.nat(9), data }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("drop" as const), stream }) },
  { weight: 1, arbitrary: fc.constant({ kind: "reopen" as const }) },
);

/** Any text, the zero character included. */
const names = fc.uniqueArray(fc.string({ unit: "binary", maxLength: 12 }), { minLength: 4, maxLength: 4 });

test("any program comes to the same as in memory, whenever the log is reopened", async () => {
  await fc.assert(
    fc.asyncProperty(names, fc.array(step, { maxLength: 40 }), async (streams, steps) => {
      const directory = mkdtempSync(join(tmpdir(), "trimtab-log-"));
      let sqlite = await openSqliteLog({ directory });
      const model = { log: createMemoryLog(), snapshots: createMemorySnapshots() };
      const ends = new Map<string, number>();
      try {
        for (const one of steps) {
          if (one.kind === "reopen") {
            await sqlite.close();
            sqlite = await openSqliteLog({ directory });
            continue;
          }
          const name = streams[one.stream] ?? "";
          expect(await run(sqlite, one, name, ends)).toEqual(await run(model, one, name, ends));
          if (one.kind === "append") ends.set(name, await lastOf(model.log, name));
        }
        expect((await listed(sqlite.log)).sort()).toEqual((await listed(model.log)).sort());
        for (const name of streams) expect(await sqlite.snapshots.load(name)).toEqual(await model.snapshots.load(name));
        expect((await sqlite.verify()).damage).toEqual([]);
      } finally {
        await sqlite.close();
        rmSync(directory, { recursive: true });
      }
    }),
    { numRuns: 15 },
  );
});

interface Subject {
  readonly log: CommitLog;
  readonly snapshots: SnapshotStore;
}

function run(
  { log, snapshots }: Subject,
  one: Exclude<Step, { kind: "reopen" }>,
  name: string,
  ends: Map<string, number>,
) {
  switch (one.kind) {
    case "append":
      return log.append(name, Math.max(0, (ends.get(name) ?? 0) + one.off), one.entries);
    case "trim":
      return log.trim(name, one.through);
    case "read":
      return log.read(name, one.after, one.limit);
    case "save":
      return snapshots.save(name, one.number, one.data);
    case "drop":
      return snapshots.drop(name);
  }
}

async function lastOf(log: Subject["log"], name: string): Promise<number> {
  const read = await log.read(name, Number.MAX_SAFE_INTEGER);
  return read.kind === "entries" ? read.first - 1 : read.through;
}

async function listed(log: Subject["log"]): Promise<string[]> {
  const found: string[] = [];
  for await (const { stream } of log.streams()) found.push(stream);
  return found;
}
