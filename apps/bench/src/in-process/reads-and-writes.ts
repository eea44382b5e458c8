import { openSession, type VariableHandle } from "@trimtab/handles";
import { createStore, type LocalStore, type SessionReader } from "@trimtab/store";
import { builtinTypes, float } from "@trimtab/types";
import { createByHand } from "./by-hand.ts";
import { type Comparison, inParallel, repeat, repeatAsync } from "./work.ts";

const names = Array.from({ length: 1000 }, (_, i) => `v${i}`);
// Made beforehand, so that what is timed is not the making of names.
const nameAt = (i: number) => names[i % names.length] ?? "";

/** What reading and writing cost inside one process, beside what the same work costs by hand. */
export async function readAndWriteComparisons(): Promise<Comparison[]> {
  const read = await openBench();
  const app = await openSession(read, "bench", Object.fromEntries(names.map((name) => [name, float(constraints)])));
  const reader = await read.openReader("bench");
  // Nobody watches what is written, so that writes are timed and not their watchers.
  const written = await openBench();
  for (let i = 0; i < 100 * names.length; i++) await written.setVariable("bench", nameAt(i), (i % 20) / 10);
  return [reads(read, reader, Object.values(app.variables)), writes(written)];
}

const constraints = { min: 0, max: 2 };

/** Opens a store whose log keeps little of the past, so that its memory does not grow while it is measured. */
async function openBench(): Promise<LocalStore> {
  const store = createStore({ types: builtinTypes, historyCommits: 100 });
  await store.createSession({ id: "bench" });
  await store.registerVariables(
    "bench",
    names.map((name) => ({ name, type: "float", value: 0.5, constraints })),
  );
  return store;
}

function reads(store: LocalStore, reader: SessionReader, handles: readonly VariableHandle<number>[]): Comparison {
  const byHand = createByHand(names, 100);
  const [bare, read, cached] = ["Map lookup", "reader.get", "handle.value"];
  return {
    title: `Reading one of ${names.length} variables`,
    subjects: [
      { name: bare, run: (count) => repeat(count, (i) => byHand.get(nameAt(i))) },
      { name: read, run: (count) => repeat(count, (i) => reader.get(nameAt(i))?.value) },
      { name: cached, run: (count) => repeat(count, (i) => handles[i % handles.length]?.value) },
      { name: "store.getVariable", run: (count) => repeatAsync(count, (i) => store.getVariable("bench", nameAt(i))) },
    ],
    goals: [
      { text: "a read, to a Map lookup", subject: read, to: [bare], limit: { atMost: 5 } },
      { text: "a cached read of a client, to a Map lookup", subject: cached, to: [bare], limit: { atMost: 3 } },
    ],
  };
}

function writes(store: LocalStore): Comparison {
  const byHand = createByHand(names, 100);
  for (let i = 0; i < 100 * names.length; i++) byHand.set(nameAt(i), (i % 20) / 10);
  const [bare, alone] = ["by hand: check, freeze, version, ring of 100", "store.setVariable, one at a time"];
  const write = (i: number) => store.setVariable("bench", nameAt(i), (i % 20) / 10);
  return {
    title: `Writing one of ${names.length} variables, on the memory log`,
    subjects: [
      { name: bare, run: (count) => repeat(count, (i) => byHand.set(nameAt(i), (i % 20) / 10)) },
      { name: alone, run: (count) => repeatAsync(count, write) },
      { name: "store.setVariable, 64 at once", run: (count) => inParallel(count, 64, write) },
      {
        name: "store.setVariables, each of 10",
        run: (count) => repeatAsync(Math.ceil(count / 10), (i) => store.setVariables("bench", tenFrom(i))),
      },
    ],
    goals: [
      { text: "a checked, versioned write, to the same by hand", subject: alone, to: [bare], limit: { atMost: 10 } },
    ],
  };
}

const tenFrom = (i: number) =>
  Object.fromEntries(Array.from({ length: 10 }, (_, k) => [nameAt(i * 10 + k), (i % 20) / 10]));
