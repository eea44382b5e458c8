import { expect, test } from "vitest";
import { LogError } from "./log-error.ts";
import { createMemoryLog } from "./memory-log.ts";
import { type ReadBackwardsOptions, readBackwards } from "./read-backwards.ts";

/** A log of numbers whose answers hold only some entries, and end before one that is damaged. */
async function logOf(count: number, { atMost = 1000, damaged = 0, trimmed = 0 } = {}) {
  const log = createMemoryLog<number>();
  await log.append(
    "a",
    0,
    Array.from({ length: count }, (_, i) => i + 1),
  );
  await log.trim("a", trimmed);
  const read: typeof log.read = async (stream, after, limit = count) => {
    const found = await log.read(stream, after, Math.min(limit, atMost));
    if (found.kind === "trimmed" || !found.entries.includes(damaged)) return found;
    if (found.first === damaged) throw new LogError("damaged", `entry ${damaged} is damaged`);
    return { ...found, entries: found.entries.slice(0, found.entries.indexOf(damaged)) };
  };
  return { read };
}

async function numbersOf(log: Awaited<ReturnType<typeof logOf>>, through: number, options?: ReadBackwardsOptions) {
  const numbers: number[] = [];
  const failed = await (async () => {
    for await (const { first, entries } of readBackwards(log, "a", through, options)) {
      expect(entries[0]).toBe(first);
      numbers.push(...entries.toReversed());
    }
  })().catch((error: unknown) => error);
  return { numbers, failed };
}

const down = (from: number, to: number) => Array.from({ length: Math.max(0, from - to + 1) }, (_, i) => from - i);

test.each([1, 2, 3, 7, 500])("answers of at most %d entries leave nothing out", async (atMost) => {
  for (const trimmed of [0, 1, 50, 99, 100]) {
    const log = await logOf(100, { atMost, trimmed });
    for (const batch of [1, 2, 16, 500]) {
      expect(await numbersOf(log, 100, { batch, begin: 1 })).toEqual({ numbers: down(100, trimmed + 1) });
      expect(await numbersOf(log, 60, { batch })).toEqual({ numbers: down(60, trimmed + 1) });
    }
  }
});

test("what comes after an entry that cannot be read is given before that rejects", async () => {
  for (const damaged of [1, 2, 37, 99, 100]) {
    const log = await logOf(100, { damaged, atMost: 30 });
    const { numbers, failed } = await numbersOf(log, 100);
    expect(numbers).toEqual(down(100, damaged + 1));
    expect(failed).toMatchObject({ code: "damaged" });
  }
});

test("a stream without entries gives none", async () => {
  expect(await numbersOf(await logOf(0), 0)).toEqual({ numbers: [] });
});
