import type { Commit } from "@trimtab/core";
import { createMemoryLog } from "@trimtab/log";
import { createStore } from "@trimtab/store";
import { builtinTypes } from "@trimtab/types";
import type { Measured } from "../goals.ts";
import { markdownTable } from "../optimize/markdown.ts";
import { inParallel } from "./work.ts";

/** How long a session takes to be folded from so many commits, without a snapshot, until a variable can be read. */
export async function benchReplay(commits: number): Promise<Measured> {
  const log = createMemoryLog<Commit>();
  const kept = { types: builtinTypes, log, shared: false, historyCommits: 2 * commits, snapshotEvery: 2 * commits };
  const writer = createStore(kept);
  await writer.createSession({ id: "s" });
  await writer.registerVariables(
    "s",
    Array.from({ length: 10 }, (_, i) => ({ name: `v${i}`, type: "float", value: 0.5 })),
  );
  await inParallel(commits, 64, (i) => writer.setVariable("s", `v${i % 10}`, (i % 20) / 10));
  const { revision } = await writer.getSession("s");
  await writer.close();
  const times: number[] = [];
  for (let turn = 0; turn < 3; turn++) {
    const reader = createStore(kept);
    const from = performance.now();
    await reader.getVariable("s", "v0");
    times.push(performance.now() - from);
    await reader.close();
  }
  const [fastest = Number.NaN] = times.sort((a, b) => a - b);
  const rows = [
    ["what", "seconds", "µs per commit"],
    [`${revision} commits of a memory log`, (fastest / 1000).toFixed(2), ((fastest * 1000) / revision).toFixed(2)],
  ];
  return { tables: markdownTable(rows), goals: [] };
}
