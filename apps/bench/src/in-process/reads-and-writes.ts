import { openSession } from "@trimtab/handles";
import { createStore } from "@trimtab/store";
import { builtinTypes, float } from "@trimtab/types";
import { type Comparison, inParallel, repeat, repeatAsync } from "./work.ts";

const variableCount = 1000;
const nameAt = (i: number) => `v${i % variableCount}`;

/** What reading and writing cost inside one process, beside what the same work costs by hand. */
export async function readAndWriteComparisons(): Promise<Comparison[]> {
  const store = createStore({ types: builtinTypes });
  await store.createSession({ id: "bench" });
  const constraints = { min: 0, max: 2 };
  const specs = Array.from({ length: variableCount }, (_, i) => ({
    name: nameAt(i),
    type: "float",
    value: 0.5,
    constraints,
  }));
  await store.registerVariables("bench", specs);
  const app = await openSession(store, "bench", { v0: float({ min: 0, max: 2 }) });
  const byHand = createByHand();
  return [
    {
      title: "Reading one of 1000 variables",
      subjects: [
        { name: "Map lookup", run: (count) => repeat(count, (i) => byHand.get(nameAt(i))) },
        { name: "handle.value", run: (count) => repeat(count, () => app.variables.v0.value) },
        { name: "store.getVariable", run: (count) => repeatAsync(count, (i) => store.getVariable("bench", nameAt(i))) },
      ],
    },
    {
      title: "Writing one of 1000 variables, on the memory log",
      subjects: [
        {
          name: "by hand: check, freeze, version, ring of 100",
          run: (count) => repeat(count, (i) => byHand.set(nameAt(i), (i % 20) / 10)),
        },
        {
          name: "store.setVariable, one at a time",
          run: (count) => repeatAsync(count, (i) => store.setVariable("bench", nameAt(i), (i % 20) / 10)),
        },
        {
          name: "store.setVariable, 64 at once",
          run: (count) => inParallel(count, 64, (i) => store.setVariable("bench", nameAt(i), (i % 20) / 10)),
        },
        {
          name: "store.setVariables, each of 10",
          run: (count) => repeatAsync(Math.ceil(count / 10), (i) => store.setVariables("bench", tenFrom(i))),
        },
      ],
    },
  ];
}

interface Entry {
  readonly value: number;
  readonly version: number;
}

/** The least that a validated, versioned variable with some history can cost. */
function createByHand() {
  const entries = new Map(
    Array.from({ length: variableCount }, (_, i) => [nameAt(i), { value: 0.5, version: 0 } as Entry]),
  );
  const history = new Map<string, Entry[]>();
  return {
    get: (name: string) => entries.get(name)?.value,
    set(name: string, value: number): void {
      if (!(value >= 0 && value <= 2)) throw new RangeError(`${name}: ${value}`);
      const entry = Object.freeze({ value, version: (entries.get(name)?.version ?? 0) + 1 });
      entries.set(name, entry);
      const ring = history.get(name) ?? [];
      ring[entry.version % 100] = entry;
      history.set(name, ring);
    },
  };
}

const tenFrom = (i: number) =>
  Object.fromEntries(Array.from({ length: 10 }, (_, k) => [nameAt(i * 10 + k), (i % 20) / 10]));
