import { expect, test } from "vitest";
import { isHeld, type OptimizationRecord, viewOptimization } from "./optimization.ts";

const record: OptimizationRecord = {
  id: "optimization_3_e",
  variables: ["var_a_1"],
  optimizer: "tuner",
  config: {},
  holder: "ada",
  state: "running",
  iteration: 0,
  maxIterations: 0,
  feedbackInterval: 1,
  priority: 0,
  startedAtMs: 1000,
  updatedAtMs: 1000,
  leaseExpiresAtMs: 2000,
  cause: "",
  fencingToken: 3,
  leaseTtlMs: 1000,
  entries: [],
  bests: [],
};

test("a lease is held until its time has come, and not at it", () => {
  expect([isHeld(record, 1999.999), isHeld(record, 2000)]).toEqual([true, false]);
  expect(viewOptimization(record, 1999.999)).toMatchObject({ state: "running", leaseExpiresAtMs: 2000 });
  const lost = viewOptimization(record, 2000);
  expect(lost).toMatchObject({ state: "abandoned", endedAtMs: 2000, cause: "its lease was not renewed in time" });
  expect(lost).not.toHaveProperty("leaseExpiresAtMs");
  const { leaseExpiresAtMs: _, ...over } = record;
  expect(isHeld({ ...over, state: "completed" }, 1500)).toBe(false);
});
