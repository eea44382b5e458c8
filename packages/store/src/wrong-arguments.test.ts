import { isStoreError, type Store } from "@trimtab/core";
import { describeStoreArguments } from "@trimtab/core/conformance";
import { cel } from "@trimtab/expressions";
import { builtinTypes } from "@trimtab/types";
import { expect, onTestFinished, test } from "vitest";
import { createStore } from "./create-store.ts";

/** What a program without types may hand over. */
const wrong = <T>(value: unknown): T => value as T;

const calls: [string, (store: Store) => Promise<unknown>, string][] = [
  ["no spec", (store) => store.registerVariable("s", wrong(undefined)), "spec must be an object, got undefined"],
  ["null as a spec", (store) => store.registerVariable("s", wrong(null)), "spec must be an object, got null"],
  ["one spec as several", (store) => store.registerVariables("s", wrong({})), "specs must be a list, got object"],
  ["null among specs", (store) => store.registerVariables("s", [wrong(null)]), "specs[0] must be an object, got null"],
  ["one ref as several", (store) => store.getVariables("s", wrong("x")), "refs must be a list, got string"],
  ["no refs to delete", (store) => store.deleteVariables("s", wrong(undefined)), "refs must be a list, got undefined"],
  ["no rollbacks", (store) => store.rollbackVariables("s", wrong(null)), "rollbacks must be a list, got null"],
  ["no dependencies", (store) => store.addDependencies("s", wrong({})), "specs must be a list, got object"],
  ["a name as updates", (store) => store.setVariables("s", wrong("x")), "updates must be an object, got string"],
  ["no updates", (store) => store.setVariables("s", wrong(undefined)), "updates must be an object, got undefined"],
  ["no expression", (store) => store.validateRule("s", wrong(undefined)), "expression must be text, got undefined"],
  ["no point", (store) => store.getSessionAt("s", wrong(undefined)), "at must be an object, got undefined"],
  ["a number as a point", (store) => store.getVariableAt("s", "x", wrong(1)), "at must be an object, got number"],
  [
    "a number as a pattern",
    (store) => store.listVariables("s", { pattern: wrong(5) }),
    "pattern must be text, got number",
  ],
  [
    "another kind of point",
    (store) => store.getSessionAt("s", wrong({ kind: "version", version: 1 })),
    "at.kind must be one of revision, time, label, got version",
  ],
  [
    "a version without a kind",
    (store) => store.rollbackVariable("s", "x", wrong({ version: 5 })),
    "to.kind must be one of version, revision, time, label, got undefined",
  ],
  [
    "a misspelt expected version",
    (store) => store.setVariable("s", "x", 2, wrong({ expectedVerison: 3 })),
    "expectedVerison: options has no such field; did you mean expectedVersion?",
  ],
  [
    "misspelt constraints",
    (store) => store.registerVariable("s", wrong({ name: "y", type: "float", value: 1, constraint: { max: 1 } })),
    "constraint: spec has no such field; did you mean constraints?",
  ],
  [
    "an option of other stores",
    (store) => store.rollbackSession("s", { kind: "revision", revision: 1 }, wrong({ dryRun: true })),
    "dryRun: options has no such field; there are actor, origin,",
  ],
  [
    "another command among changes",
    (store) => store.updateSession("s", wrong({ kind: "delete-session" })),
    "kind: changes has no such field; there are metadata, ttlMs",
  ],
];

test.each(calls)("%s is refused in the words of the store, and nothing changes", async (_, call, message) => {
  const store = createStore({ types: builtinTypes });
  onTestFinished(() => store.close());
  await store.createSession({ id: "s" });
  await store.registerVariable("s", { name: "x", type: "float", value: 1 });
  const error: unknown = await call(store).catch((caught: unknown) => caught);
  if (!isStoreError(error, "invalid_argument")) return expect.fail(String(error));
  expect(error.message).toContain(message);
  expect((await store.getSession("s")).revision).toBe(2);
});

test("what was not given to a store that is asked who may do what is named", async () => {
  const store = createStore({ types: builtinTypes });
  onTestFinished(() => store.close());
  await store.createSession({ id: "s" });
  await store.registerVariable("s", { name: "x", type: "float", value: 1 });
  expect(() => store.as({ id: "ada", sessions: [] })).toThrow("made without `access`, such as createAccessControl");
  const question = { permission: "read", subject: "guest" } as const;
  await expect(store.explainAccess("s", "x", question)).rejects.toThrow("made without `access`");
});

describeStoreArguments("a store in process", async () => {
  const store = createStore({ types: builtinTypes, expressions: cel });
  return { store, close: () => store.close() };
});
