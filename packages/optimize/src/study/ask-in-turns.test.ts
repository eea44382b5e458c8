import { expect, test } from "vitest";
import { fitKernel, type KernelInput } from "../numeric/fit-kernel.ts";
import { createGpSampler } from "../samplers/gp-sampler.ts";
import { createTpeSampler } from "../samplers/tpe-sampler.ts";
import { decideAsk, decideStudy } from "./decide-study.ts";
import { evolveStudy } from "./evolve-study.ts";
import { initialStudyState, type StudyOptions, type StudyState } from "./study-state.ts";

const space = { x: { kind: "real", min: 0, max: 1 }, y: { kind: "real", min: -1, max: 1 } } as const;
const objectionTo = async () => undefined;

/** A study with trials that have come to something. */
function after(trials: number, options: Omit<StudyOptions, "space">): StudyState {
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
