import type { Commit, SessionPoint } from "@trimtab/core";
import { type CommitLog, createMemoryLog } from "@trimtab/log";
import { builtinTypes } from "@trimtab/types";
import { expect, onTestFinished, test } from "vitest";
import { createStore } from "./create-store.ts";

const atTwo: SessionPoint = { kind: "revision", revision: 2 };

function openStore(log: CommitLog<Commit>, types = builtinTypes) {
  const store = createStore({ types, log });
  onTestFinished(() => store.close());
  return store;
}

/** Data in which a deleted variable's id is that of another one, of another type, as an import once could have it. */
async function withIdTwice() {
  const log = createMemoryLog<Commit>();
  const before = createStore({ types: builtinTypes, log });
  for (const [id, type, value] of [
    ["s", "float", 1],
    ["t", "string", "x"],
  ] as const) {
    await before.createSession({ id });
    await before.registerVariable(id, { name: "a", type, value });
  }
  await before.deleteVariable("s", "a");
  await before.close();
  const read = await log.read("t", 1, 1);
  if (read.kind !== "entries" || read.entries[0] === undefined) return expect.fail("there is a commit");
  expect(await log.append("s", 3, [{ ...read.entries[0], session: "s", revision: 4 }])).toBe(true);
  return openStore(log);
}

test("a rollback leaves alone what has the id of a variable of another type", async () => {
  const store = await withIdTwice();
  await store.rollbackSession("s", atTwo);
  expect(await store.getVariable("s", "a")).toMatchObject({ type: "string", value: "x" });
  await store.rollbackSession("s", atTwo, { deleteNew: true, restoreDeleted: true });
  expect(await store.getVariable("s", "a")).toMatchObject({ type: "float", value: 1 });
});

test("a deleted variable of a type that there is no more is not restored, and the refusal names the type", async () => {
  const log = createMemoryLog<Commit>();
  const before = createStore({ types: builtinTypes, log });
  await before.createSession({ id: "s" });
  await before.registerVariable("s", { name: "a", type: "string", value: "x" });
  await before.deleteVariable("s", "a");
  await before.close();
  const store = openStore(
    log,
    builtinTypes.filter(({ name }) => name !== "string"),
  );
  const restored = store.rollbackSession("s", atTwo, { restoreDeleted: true });
  await expect(restored).rejects.toMatchObject({ reason: "invalid_type", details: { type: "string" } });
});
