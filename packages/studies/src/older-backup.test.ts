import { createTypeRegistry, type StudyStore, type StudyWatchEvent } from "@trimtab/core";
import { type CommitLog, createMemoryLog, createMemorySnapshots, type SnapshotStore } from "@trimtab/log";
import { createStore, type LocalStore } from "@trimtab/store";
import { builtinTypes } from "@trimtab/types";
import { expect, onTestFinished, test } from "vitest";
import { createStudies, type StudyEntry, type StudySnapshot } from "./index.ts";

const types = createTypeRegistry(builtinTypes);

interface Place {
  readonly log: CommitLog<StudyEntry>;
  readonly snapshots: SnapshotStore<StudySnapshot>;
}

const newPlace = (): Place => ({ log: createMemoryLog(), snapshots: createMemorySnapshots() });

/** A copy of a place in which the study has so many entries, of which a snapshot may be all that is left. */
async function copyOf({ log, snapshots }: Place, entries: number): Promise<Place> {
  const copy = newPlace();
  const read = await log.read("s/one", 0, entries);
  const found = await snapshots.load("s/one");
  if (read.kind === "entries") await copy.log.append("s/one", 0, read.entries);
  if (found === undefined) return copy;
  const gone: StudyEntry = { kind: "trial-renewed", number: 0, atMs: 0 };
  await copy.log.append("s/one", 0, Array<StudyEntry>(entries).fill(gone));
  await copy.log.trim("s/one", entries);
  await copy.snapshots.save("s/one", entries, found.data);
  return copy;
}

async function firstOf(studies: StudyStore, after?: string): Promise<StudyWatchEvent> {
  for await (const event of studies.watchStudy("s", "one", after === undefined ? {} : { after })) return event;
  return expect.fail("there is always a first event");
}

function open(store: LocalStore, place: Place, laterMs = 0): StudyStore {
  const all = createStudies({ store, types, ...place, shared: false, now: () => Date.now() + laterMs });
  onTestFinished(() => all.close());
  return all.of(store);
}

/** Begins a study and copies it; then both go on, the copy with so many trials. Gives tokens of the first. */
async function diverge({ entries, trials }: { readonly entries: number; readonly trials: number }) {
  const store = createStore({ types });
  onTestFinished(() => store.close());
  await store.createSession({ id: "s" });
  await store.registerVariable("s", { name: "x", type: "float", value: 0, constraints: { min: 0, max: 9 } });
  const place = newPlace();
  const first = open(store, place);
  await first.createStudy("s", { id: "one", variables: ["x"], sampler: { name: "random" }, seed: 1 });
  for (let entry = 1; entry < entries; entry++) await first.enqueueTrial("s", "one", { x: 1 });
  const common = (await firstOf(first)).token;
  const restored = open(store, await copyOf(place, entries), 60_000);
  for (let trial = 0; trial < 3; trial++) await first.enqueueTrial("s", "one", { x: 2 });
  const lost = (await firstOf(first)).token;
  for (let trial = 0; trial < trials; trial++) await restored.enqueueTrial("s", "one", { x: 3 });
  return { restored, common, lost };
}

test.each([
  [1, 1],
  [1, 3],
  [1, 5],
  [1000, 5],
])(
  "a backup of %i entries that has gone on by %i trials tells a watch from what it never had everything",
  async (entries, trials) => {
    const { restored, lost } = await diverge({ entries, trials });
    const event = await firstOf(restored, lost);
    expect(event.kind).toBe("snapshot");
    if (event.kind === "snapshot") expect(event.trials.at(-1)?.parameters).toEqual({ x: 3 });
  },
);

test.each([1, 1000])("a watch from what a backup of %i entries has goes on in it", async (entries) => {
  const { restored, common } = await diverge({ entries, trials: 2 });
  expect(await firstOf(restored, common)).toMatchObject({
    kind: "changes",
    trials: [{ parameters: { x: 3 } }, { parameters: { x: 3 } }],
  });
});
