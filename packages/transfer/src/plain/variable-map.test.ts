import { createStore } from "@trimtab/store";
import { builtinTypes } from "@trimtab/types";
import { expect, onTestFinished, test } from "vitest";
import { toMap } from "./variable-map.ts";

test("a map says how a variable stands, and JSON carries it whatever the value", async () => {
  const store = createStore({ types: builtinTypes });
  onTestFinished(() => store.close());
  await store.createSession({ id: "s" });
  await store.registerVariables("s", [
    { name: "big", type: "integer", value: 1, metadata: { raw: Uint8Array.of(1) }, constraints: { max: 2n ** 60n } },
    { name: "topic", type: "embedding", value: [0.5, 1] },
    { name: "pipeline", type: "module", value: "ReAct" },
  ]);
  await store.setVariable("s", "big", 2n ** 60n);
  await store.startOptimization("s", ["big"], { optimizer: "mine" });
  const big = await store.getVariable("s", "big");
  const { optimizing } = await store.getOptimizationStatus("s", { kind: "variable", ref: "big" });
  const integer = { __trimtab_type__: "integer", value: "1152921504606846976" };
  expect(JSON.parse(JSON.stringify(toMap(big, { optimizing })))).toStrictEqual({
    id: "var_big_1",
    name: "big",
    type: "integer",
    value: integer,
    constraints: { max: integer },
    metadata: {
      raw: { __trimtab_type__: "bytes", value: "AQ==" },
      source: "typescript",
      updated_at: expect.any(String),
    },
    version: 1,
    created_at: new Date(big.createdAtMs).toISOString(),
    last_updated_at: big.metadata["updated_at"],
    optimizing: true,
  });
  const others = await Promise.all(["topic", "pipeline"].map((name) => store.getVariable("s", name)));
  expect(others.map((each) => toMap(each)).map(({ value, optimizing: held }) => [value, held])).toEqual([
    [{ dtype: "f64", shape: [2], data: [0.5, 1] }, false],
    ["ReAct", false],
  ]);
});
