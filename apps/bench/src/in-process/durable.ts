import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Commit } from "@trimtab/core";
import { openSqliteLog } from "@trimtab/log-sqlite";
import { createStore } from "@trimtab/store";
import { builtinTypes } from "@trimtab/types";
import { encodeCommit, noteOfCommit } from "@trimtab/wire/log";
import { openFolder } from "../start-up/open-folder.ts";
import { type Comparison, inParallel, repeatAsync } from "./work.ts";

/** Writes that are under way together. */
const together = 64;

/** What a write costs that is on disk when it is answered, beside appending its bytes to the same log engine and no more. */
export async function durableComparisons(): Promise<Comparison[]> {
  const directory = mkdtempSync(join(tmpdir(), "trimtab-durable-"));
  process.once("exit", () => rmSync(directory, { recursive: true, force: true }));
  const engine = await openSqliteLog({ directory: join(directory, "engine") });
  const { store } = await openFolder(join(directory, "store"));
  await store.createSession({ id: "s" });
  await store.registerVariable("s", { name: "v", type: "float", value: 0.5, constraints: { min: 0, max: 2 } });
  const commit = await sampleCommit();
  const [entry, note] = [encodeCommit(commit), noteOfCommit(commit)];
  const entries = Array.from({ length: together }, () => entry);
  let last = 0;
  const append = async (what: readonly Uint8Array[]): Promise<void> => {
    const notes = what.map(() => note);
    if (!(await engine.log.append("s", last, what, { notes }))) throw new Error("somebody else writes to the log");
    last += what.length;
  };
  const write = (i: number) => store.setVariable("s", "v", (i % 20) / 10);
  const [bare, written] = ["the log alone", "store.setVariable"];
  const goal = (text: string) => ({ text, subject: written, to: [bare], limit: { atMost: 1.3 } });
  return [
    {
      title: "A durable write, one at a time",
      subjects: [
        { name: bare, run: (count) => repeatAsync(count, () => append([entry])) },
        { name: written, run: (count) => repeatAsync(count, write) },
      ],
      goals: [goal("a lone durable write, to the log alone")],
    },
    {
      title: `A durable write, ${together} at once`,
      subjects: [
        { name: bare, run: (count) => repeatAsync(Math.ceil(count / together), () => append(entries)) },
        { name: written, run: (count) => inParallel(count, together, write) },
      ],
      goals: [goal(`a durable write, ${together} at once, to as many appended to the log at once`)],
    },
  ];
}

/** The commit of a write as the ones that are measured. */
async function sampleCommit(): Promise<Commit> {
  const store = createStore({ types: builtinTypes });
  await store.createSession({ id: "s" });
  await store.registerVariable("s", { name: "v", type: "float", value: 0.5, constraints: { min: 0, max: 2 } });
  const { revision } = await store.setVariable("s", "v", 0.7);
  const read = await store.readCommits("s", revision - 1);
  await store.close();
  const commit = read.kind === "entries" ? read.entries[0] : undefined;
  if (commit === undefined) throw new Error("the write made no commit");
  return commit;
}
