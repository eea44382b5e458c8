import { createStore } from "@trimtab/store";
import { builtinTypes } from "@trimtab/types";
import { expect, onTestFinished, test } from "vitest";
import { createSessionEvents } from "./session-events.ts";

test("a log that goes on from an older backup: of two values of one version both are told, and nothing of what is the same", async () => {
  const store = createStore({ types: builtinTypes });
  onTestFinished(() => store.close());
  await store.createSession({ id: "s" });
  await store.registerVariables("s", [
    { name: "a", type: "integer", value: 1 },
    { name: "b", type: "embedding", value: [0.5, 1], constraints: { dimensions: 2 } },
  ]);
  const { found } = await store.getVariables("s", ["a", "b"]);
  const variables = [...found.values()];
  const events = createSessionEvents();
  events.read({ kind: "snapshot", revision: 2, token: "t", variables });
  const restored = variables.map((each) => (each.name === "a" ? { ...each, value: 5 } : each));
  const told = events.read({ kind: "reset", cause: "history_lost", revision: 2, token: "t", variables: restored });
  expect(told).toMatchObject([{ kind: "updated", name: "a", oldValue: 1, newValue: 5, lagged: true }]);
});
