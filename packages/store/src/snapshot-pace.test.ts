import type { SessionCheckpoint } from "@trimtab/core";
import { createMemorySnapshots } from "@trimtab/log";
import { builtinTypes } from "@trimtab/types";
import { expect, onTestFinished, test } from "vitest";
import { createStore } from "./create-store.ts";

/** Writes to a session with so many more variables, of which the first has a value of this size, and gives how far apart its snapshots are. */
async function distances({ variables = 0, size = 0, writes = 100 }): Promise<number[]> {
  const snapshots = createMemorySnapshots<SessionCheckpoint>();
  const taken: number[] = [];
  const save: typeof snapshots.save = (stream, number, data) => {
    taken.push(number);
    return snapshots.save(stream, number, data);
  };
  const store = createStore({ types: builtinTypes, snapshots: { ...snapshots, save }, snapshotEvery: 10 });
  onTestFinished(() => store.close());
  await store.createSession({ id: "s" });
  const specs = Array.from({ length: variables }, (_, i) => ({ name: `more${i}`, type: "float", value: i }));
  const large = { name: "large", type: "string", value: "x".repeat(size) };
  await store.registerVariables("s", [large, { name: "n", type: "integer", value: 0 }, ...specs]);
  for (let n = 1; n <= writes; n++) await store.setVariable("s", "n", n);
  return taken.slice(1).map((revision, index) => revision - (taken[index] ?? 0));
}

test("snapshots of a small session are about as far apart as they are to be", async () => {
  const apart = await distances({});
  expect([Math.min(...apart), Math.max(...apart) < 20]).toEqual([10, true]);
});

test.each([
  ["many variables", "there are of those", { variables: 38 }, 40],
  ["large values", "they hold 64 KiB", { size: 32 * 65_536 }, 32],
])("snapshots of %s are as many commits apart as %s", async (_, __, session, commits) => {
  const apart = await distances({ ...session, writes: 200 });
  expect(apart.length).toBeGreaterThan(1);
  expect(Math.min(...apart)).toBeGreaterThanOrEqual(commits);
});
