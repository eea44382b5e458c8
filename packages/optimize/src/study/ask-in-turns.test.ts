import { expect, test } from "vitest";
import { fitKernel, type KernelInput } from "../numeric/fit-kernel.ts";
import { createCmaEsSampler } from "../samplers/cma-es-sampler.ts";
import { createGpSampler } from "../samplers/gp-sampler.ts";
import type { SteppingSampler } from "../samplers/sampler.ts";
import { createTpeSampler } from "../samplers/tpe-sampler.ts";
import { decideAsk, decideStudy } from "./decide-study.ts";
import { evolveStudy } from "./evolve-study.ts";
import { initialStudyState, type StudyOptions, type StudyState } from "./study-state.ts";

const space = { x: { kind: "real", min: 0, max: 1 }, y: { kind: "real", min: -1, max: 1 } } as const;
const objectionTo = async () => undefined;

/** A study with trials that have come to something. */
function after(trials: number, options: Partial<StudyOptions>): StudyState {
  let state = initialStudyState({ space, ...options });
  const run = (command: Parameters<typeof decideStudy>[1]) => {
    const decision = decideStudy(state, command);
    if (decision.kind === "refused") throw new Error(decision.refusal.message);
    state = decision.events.reduce(evolveStudy, state);
  };
  for (let number = 0; number < trials; number++) {
    const [x, y] = [(number * 0.37) % 1, ((number * 0.73) % 2) - 1];
    run({ kind: "enqueue-trial", parameters: { x, y } });
    run({ kind: "ask-trials" });
    run({ kind: "complete-trial", number, values: [(x - 0.3) ** 2 + y * y] });
  }
  return state;
}

test("a kernel that was fitted elsewhere suggests what one that was fitted here does, and is fitted once", async () => {
  const inputs: KernelInput[] = [];
  const fitElsewhere = async (input: KernelInput) => {
    inputs.push(input);
    return fitKernel(input);
  };
  const asking = { kind: "ask-trials", count: 3 } as const;
  const here = decideStudy(after(12, { sampler: createGpSampler() }), asking);
  const there = await decideAsk(after(12, { sampler: createGpSampler() }), asking, {
    objectionTo,
    fitKernel: fitElsewhere,
  });
  expect(there).toEqual(here);
  expect(inputs.map(({ units }) => units.length)).toEqual([12]);
});

test("where the fit fails nothing is handed out", async () => {
  const state = after(12, { sampler: createGpSampler() });
  const fitElsewhere = () => Promise.reject(new Error("no thread"));
  const asked = decideAsk(state, { kind: "ask-trials" }, { objectionTo, fitKernel: fitElsewhere });
  await expect(asked).rejects.toThrow("no thread");
});

test("others have their turn while many trials are asked for", async () => {
  const state = after(50, { sampler: createTpeSampler() });
  const done: string[] = [];
  const asking = decideAsk(state, { kind: "ask-trials", count: 300 }, { objectionTo }).then(() => done.push("asked"));
  setTimeout(() => done.push("other"));
  await asking;
  expect(done).toEqual(["other", "asked"]);
});

test.each([
  ["gp", 40, createGpSampler],
  ["gp with fewer observations than trials", 40, () => createGpSampler({ maxObservations: 20 })],
  ["tpe", 10, createTpeSampler],
  ["cma-es, which leaves choices to tpe", 10, createCmaEsSampler],
])("others may have their turn while %s thinks of one trial, and it comes to the same", async (_, least, create) => {
  const mixed = { ...space, name: { kind: "categorical", choices: ["a", "b"] } } as const;
  const stateWith = (sampler: SteppingSampler | Omit<SteppingSampler, "steps">) => {
    const state = after(40, { sampler: create(), space: mixed });
    return { ...state, definition: { ...state.definition, sampler } };
  };
  let pauses = 0;
  const { steps, ...atOnce } = create();
  const counting: SteppingSampler = {
    ...atOnce,
    *steps(request) {
      const work = steps(request);
      for (let next = work.next(); ; next = work.next()) {
        if (next.done) return next.value;
        pauses++;
        yield;
      }
    },
  };
  const asking = { kind: "ask-trials" } as const;
  const inSteps = await decideAsk(stateWith(counting), asking, { objectionTo });
  expect(inSteps).toEqual(decideStudy(stateWith(atOnce), asking));
  expect(pauses).toBeGreaterThan(least);
});
