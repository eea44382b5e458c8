import { describe, expect, test } from "vitest";
import { parsePruner } from "../pruners/parse-pruner.ts";
import { parseSampler } from "./parse-sampler.ts";

const refused = (field: string, details: object = {}) =>
  expect.objectContaining({ reason: "invalid_argument", details: { field, ...details } });

describe("samplers and pruners by name", () => {
  test("have the settings that are given, and the usual ones otherwise", () => {
    expect(parseSampler("random")).toMatchObject({ name: "random", config: {} });
    expect(parseSampler({ name: "nsga2", config: { population: 20n } })).toMatchObject({
      name: "nsga2",
      config: { population: 20, crossoverIndex: 30, mutationIndex: 5 },
    });
    expect(parseSampler({ name: "cma-es", config: { sigma: 0.25 } }).config).toEqual({ sigma: 0.25, population: 0 });
    for (const name of ["tpe", "gp", "sobol", "grid"]) expect(parseSampler({ name }).name).toBe(name);
    expect(parsePruner("median").config).toEqual({ startupTrials: 5, warmupSteps: 0 });
    expect(parsePruner({ name: "successive-halving", config: { reductionFactor: 3 } }).config).toMatchObject({
      reductionFactor: 3,
    });
  });

  test("are made again from the name and config that they say they have", () => {
    for (const name of ["tpe", "gp", "cma-es", "nsga2", "sobol", "random", "grid"]) {
      const { config } = parseSampler(name);
      expect(parseSampler({ name, config }).config).toEqual(config);
    }
  });

  test("are refused by field, limit and value", () => {
    expect(() => parseSampler("annealing")).toThrow(refused("sampler.name", { value: "annealing" }));
    expect(() => parseSampler("toString")).toThrow("sampler.name must be one of tpe, gp, cma-es, nsga2, sobol, random");
    expect(() => parseSampler(7)).toThrow("sampler must be a name, or a name and its config");
    expect(() => parseSampler({ name: "tpe", options: {} })).toThrow(refused("sampler.options"));
    expect(() => parseSampler({ name: "tpe", config: [] })).toThrow(refused("sampler.config"));
    expect(() => parseSampler({ name: "tpe", config: { gamma: 0.1 } })).toThrow(
      "sampler.config.gamma is no setting, there are: startupTrials, candidates",
    );
    expect(() => parseSampler({ name: "random", config: { seed: 1 } })).toThrow(
      "sampler.config.seed is no setting, there are: none",
    );
    expect(() => parseSampler({ name: "tpe", config: { candidates: 0 } })).toThrow(
      refused("sampler.config.candidates", { limit: 1, value: 0 }),
    );
    expect(() => parseSampler({ name: "tpe", config: { candidates: 1e6 } })).toThrow(
      "sampler.config.candidates must be a whole number of at most 10000, got 1000000",
    );
    expect(() => parseSampler({ name: "tpe", config: { candidates: "24" } })).toThrow(
      refused("sampler.config.candidates", { limit: 1 }),
    );
    expect(() => parseSampler({ name: "cma-es", config: { sigma: Number.NaN } })).toThrow(
      "must be a number of at least",
    );
    expect(() => parseSampler({ name: "cma-es", config: { population: 3 } })).toThrow(
      refused("sampler.config.population", { limit: 4, value: 3 }),
    );
    expect(() => parsePruner({ name: "median", config: { startupTrials: 0 } })).toThrow(
      refused("pruner.config.startupTrials", { limit: 1, value: 0 }),
    );
  });
});
