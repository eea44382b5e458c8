import type { ChangesEvent } from "@trimtab/core";
import { builtinTypes } from "@trimtab/types";
import { expect, test } from "vitest";
import { createStore } from "./create-store.ts";

test("a watch that fell behind and asked for it gets one event with each variable's latest", async () => {
  const store = createStore({ types: builtinTypes });
  await store.createSession({ id: "s" });
  await store.registerVariables("s", [
    { name: "x", type: "integer", value: 0 },
    { name: "gone", type: "integer", value: 0 },
  ]);
  const watch = store.watch("s", {}, { coalesce: true, oldValues: true })[Symbol.asyncIterator]();
  await watch.next();
  for (let i = 1; i <= 50; i++) await store.setVariable("s", "x", i);
  await store.registerVariable("s", { name: "new", type: "integer", value: 1 });
  await store.setVariable("s", "new", 2);
  await store.registerVariable("s", { name: "brief", type: "integer", value: 1 });
  await store.deleteVariables("s", ["brief", "gone"]);
  const event = (await watch.next()).value as ChangesEvent;
  expect(event).toMatchObject({ kind: "changes", coalesced: true, revision: 56 });
  expect(event.changes.map(({ kind, name, value, oldValue }) => [kind, name, value, oldValue])).toEqual([
    ["updated", "x", 50, 0],
    ["registered", "new", 2, undefined],
    ["deleted", "gone", 0, undefined],
  ]);
  expect(event.changes[1]?.variable).toMatchObject({ name: "new", value: 2, version: 1 });
  await watch.return?.();
  await store.close();
});
