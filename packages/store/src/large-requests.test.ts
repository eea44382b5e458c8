import { isStoreError } from "@trimtab/core";
import { builtinTypes } from "@trimtab/types";
import { expect, onTestFinished, test } from "vitest";
import { createStore } from "./create-store.ts";

async function openStore() {
  const store = createStore({ types: builtinTypes });
  onTestFinished(() => store.close());
  await store.createSession({ id: "s" });
  await store.registerVariables("s", [
    { name: "a", type: "float", value: 1 },
    { name: "b", type: "float", value: 1 },
  ]);
  return store;
}

const names = (count: number) => Array.from({ length: count }, (_, index) => `n${index}`);
const lease = { optimization: "o".repeat(100_000), fencingToken: 1 };

// What takes the square of their number, or a text for each of them, does not come to an end.
const calls: [string, (store: ReturnType<typeof createStore>) => Promise<unknown>, object][] = [
  [
    "registrations",
    (store) =>
      store.registerVariables(
        "s",
        names(300_000).map((name) => ({ name, type: "float", value: 1 })),
      ),
    { reason: "limit_exceeded", details: { field: "batch", limit: 10_000, value: 300_000 } },
  ],
  [
    "variables to read",
    (store) => store.getVariables("s", names(10_001)),
    { reason: "limit_exceeded", details: { field: "refs", limit: 10_000, value: 10_001 } },
  ],
  [
    "variables to watch",
    (store) =>
      store
        .watch("s", { refs: names(10_001) })
        [Symbol.asyncIterator]()
        .next(),
    { reason: "limit_exceeded", details: { field: "refs", limit: 10_000, value: 10_001 } },
  ],
  [
    "deletions",
    (store) => store.deleteVariables("s", Array(10_001).fill("a")),
    { reason: "limit_exceeded", details: { field: "batch", limit: 10_000, value: 10_001 } },
  ],
  [
    "variables to take back",
    (store) => store.rollbackVariables("s", Array(10_001).fill({ ref: "nope", version: 0 })),
    { reason: "limit_exceeded", details: { field: "batch", limit: 10_000, value: 10_001 } },
  ],
  ...(
    [
      (store, pattern) => store.listVariables("s", { pattern }),
      (store, pattern) => store.listSessions({ pattern }),
      (store, pattern) => store.listLabels("s", { pattern }),
      (store, pattern) => store.listConfigurationSpaces("s", { pattern }),
      (store, pattern) => store.getSessionAt("s", { kind: "revision", revision: 1 }, { pattern }),
      (store, pattern) => store.diffRevisions("s", { before: { kind: "revision", revision: 1 } }, { pattern }),
      (store, pattern) => store.rollbackSession("s", { kind: "revision", revision: 1 }, { pattern }),
      (store, pattern) => store.exportVariables("s", { pattern }),
      (store, pattern) => store.watch("s", { pattern })[Symbol.asyncIterator]().next(),
    ] satisfies ((store: ReturnType<typeof createStore>, pattern: string) => Promise<unknown>)[]
  ).map((call): (typeof calls)[number] => [
    "a pattern",
    (store) => call(store, "a*".repeat(513)),
    { reason: "invalid_argument", details: { field: "pattern", limit: 1024, value: 1026 } },
  ]),
  [
    "the optimization that a batch is part of",
    (store) => store.setVariables("s", { a: 2, b: 2 }, { lease }),
    { reason: "invalid_argument", details: { field: "lease.optimization", limit: 255, value: 100_000 } },
  ],
];

test.each(calls)("too much of %s is refused by name and limit, and changes nothing", async (_, call, refused) => {
  const store = await openStore();
  const error: unknown = await call(store).catch((caught: unknown) => caught);
  if (!isStoreError(error)) return expect.fail("it is refused");
  expect(error).toMatchObject(refused);
  expect((await store.getSession("s")).revision).toBe(2);
});

test("an error quotes as much of what was sent as somebody may read, and its details are whole", async () => {
  const store = await openStore();
  const ref = "x".repeat(100_000);
  const error: unknown = await store.getVariable("s", ref).catch((caught: unknown) => caught);
  if (!isStoreError(error, "not_found")) return expect.fail("there is none");
  expect(error.message).toHaveLength(4096);
  expect(error.message).toMatch(/^Variable 'x+…$/);
  expect(error.details.id).toBe(ref);
});
