import { createAnalytics } from "@trimtab/analytics";
import type { Store } from "@trimtab/core";
import { openSession } from "@trimtab/handles";
import { createStore } from "@trimtab/store";
import { builtinTypes, float } from "@trimtab/types";
import { type Comparison, repeat, repeatAsync } from "../in-process/work.ts";
import type { Subject } from "../measure.ts";

const names = Array.from({ length: 10 }, (_, i) => `v${i}`);

async function openStore() {
  const store = createStore({ types: builtinTypes });
  await store.createSession({ id: "s" });
  await store.registerVariables(
    "s",
    names.map((name) => ({ name, type: "float", value: 0 })),
  );
  return store;
}

/** What counting costs within one process: that of analytics, which servers always do, of listeners, and of handles. */
export async function countingComparisons(): Promise<Comparison[]> {
  const store = await openStore();
  const analytics = createAnalytics({ readCommits: store.readCommits });
  const counted = analytics.counting(store);
  const heard = await openStore();
  let events = 0;
  heard.telemetry.on("*", () => void events++);
  const declared = { v0: float() };
  const plain = await openSession(store, "s", declared);
  const reporting = await openSession(store, "s", declared, { reportReads: analytics.of(store) });
  const both = (of: Readonly<Record<string, Store>>, call: (store: Store, i: number) => Promise<unknown>): Subject[] =>
    Object.entries(of).map(([name, each]) => ({ name, run: (count) => repeatAsync(count, (i) => call(each, i)) }));
  const isCounted = { "the store alone": store, "counted by analytics": counted };
  const isHeard = { "nobody listens": store, "one listener to everything": heard };
  const get = (of: Store) => of.getVariable("s", "v3");
  const set = (of: Store, i: number) => of.setVariable("s", "v3", i);
  return [
    { title: "In one process: getVariable", subjects: both(isCounted, get) },
    { title: "In one process: getVariables of 10", subjects: both(isCounted, (of) => of.getVariables("s", names)) },
    { title: "In one process: setVariable, on the memory log", subjects: both(isCounted, set) },
    { title: "Telemetry events: getVariable", subjects: both(isHeard, get) },
    { title: "Telemetry events: setVariable", subjects: both(isHeard, set) },
    {
      title: "Reads of a handle",
      subjects: [
        { name: "not counted", run: (count) => repeat(count, () => plain.variables.v0.value) },
        { name: "counted and reported", run: (count) => repeat(count, () => reporting.variables.v0.value) },
      ],
    },
  ];
}
