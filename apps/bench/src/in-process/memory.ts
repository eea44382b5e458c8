import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createStore } from "@trimtab/store";
import { builtinTypes } from "@trimtab/types";
import type { Measured } from "../goals.ts";
import { markdownTable } from "../optimize/markdown.ts";

setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");

/** How much memory variables, their versions and sessions take, each on the average of so many. */
export async function benchMemory(number: number): Promise<Measured> {
  const sessions = Math.max(1, Math.round(number / 10));
  const rows = [
    ["what", "bytes each"],
    [`a variable, of ${number} in a session`, await bytesEach(number, (each) => variables(each, 0))],
    [`a variable that was written 10 times, of ${number}`, await bytesEach(number, (each) => variables(each, 10))],
    [`a session with nothing in it, of ${sessions}`, await bytesEach(sessions, (each) => emptySessions(each, 0))],
    [`a session with one variable, of ${sessions}`, await bytesEach(sessions, (each) => emptySessions(each, 1))],
  ];
  return { tables: markdownTable(rows), goals: [] };
}

/** What so many of something leave in memory when all that is not needed has gone, as a figure for each. */
async function bytesEach(number: number, make: (number: number) => Promise<unknown>): Promise<string> {
  // Once before, so that code that is compiled on the way does not count.
  await make(Math.min(number, 100));
  collect();
  const before = usedBytes();
  const made = await make(number);
  collect();
  const bytes = (usedBytes() - before) / number;
  if (made === undefined) throw new Error("nothing was made");
  return Math.round(bytes).toLocaleString("en");
}

function usedBytes(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

async function variables(number: number, writes: number) {
  const store = createStore({ types: builtinTypes, limits: { variablesPerSession: number }, historyCommits: 1 });
  await store.createSession({ id: "s" });
  const names = Array.from({ length: number }, (_, i) => `v${i}`);
  for (let from = 0; from < number; from += 1000) {
    const specs = names.slice(from, from + 1000).map((name) => ({ name, type: "float", value: 0.5 }));
    await store.registerVariables("s", specs);
  }
  for (let turn = 0; turn < writes; turn++) {
    for (const name of names) await store.setVariable("s", name, turn / 10);
  }
  return store;
}

async function emptySessions(number: number, variableCount: number) {
  const store = createStore({ types: builtinTypes, maxLoadedSessions: number });
  for (let i = 0; i < number; i++) {
    await store.createSession({ id: `s${i}` });
    if (variableCount > 0) await store.registerVariable(`s${i}`, { name: "v", type: "float", value: 0.5 });
  }
  return store;
}
