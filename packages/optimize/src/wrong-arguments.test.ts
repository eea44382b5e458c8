import { describeArguments } from "@trimtab/core/conformance";
import { expect, test } from "vitest";
import { hypervolume } from "./objectives/hypervolume.ts";
import { createRandom } from "./random.ts";
import { createStudy } from "./study/study.ts";

const space = { x: { kind: "real", min: 0, max: 1 } } as const;

function open() {
  const study = createStudy({ space, maxTrials: 3 });
  study.ask("ada");
  return { study, isThrowing: true, state: async () => [study.events, study.state.status, study.state.layout.space] };
}

const told = { clientId: "ada" };

describeArguments(
  "a study in process",
  async () => {
    const { study, ...harness } = open();
    return { ...harness, calls: study };
  },
  {
    ask: ["ada"],
    askMany: [1, "ada"],
    tell: [0, [1], { ...told, metrics: { a: 1 } }],
    report: [0, 1, 1, told],
    prune: [0, told],
    fail: [0, { ...told, cause: "", retry: true }],
    enqueue: [{ x: 0.5 }],
    releaseClient: ["ada"],
    changeSpace: [{ y: { kind: "real", min: 0, max: 1 } }, ["x"]],
    update: [{ status: "running", parallelism: 0, maxTrials: 0 }],
    optimize: [() => 1, { trials: 1, parallel: 1, signal: AbortSignal.abort(), onTrial: () => {}, keepGoing: true }],
  },
);

describeArguments(
  "what is made",
  async () => ({
    calls: { createStudy, createRandom, hypervolume },
    state: async () => undefined,
    isThrowing: true,
  }),
  {
    createStudy: [
      {
        space,
        objectives: [{ metric: "loss", direction: "minimize" }],
        sampler: undefined,
        pruner: undefined,
        seed: 1,
        parallelism: 1,
        maxTrials: 1,
        maxRetries: 0,
        isAllowed: () => true,
      },
    ],
    createRandom: [1],
    hypervolume: [[[1, 2]], [3, 4]],
  },
);

test("losses of another length than the reference are refused by name", () => {
  expect(() =>
    hypervolume(
      [
        [1, 1],
        [1, 1, 1],
      ],
      [2, 2],
    ),
  ).toThrow("losses[1] must have 2 numbers, as many as the reference has, got 3");
});

test("a variable whose values no record can hold cannot be searched", () => {
  const hostile = Object.fromEntries([["__proto__", space.x]]);
  expect(() => createStudy({ space: hostile })).toThrow("__proto__ cannot be searched");
});

test("no option can make another command of a call", () => {
  const { study } = open();
  expect(() => study.tell(0, 1, { kind: "fail-trial" } as never)).toThrow("kind: options has no such field");
  expect(study.trials[0]?.state).toBe("running");
});

test("more trials at once than there are to run are as many as there are", async () => {
  const study = createStudy({ space });
  await study.optimize(() => 1, { trials: 2, parallel: Number.MAX_SAFE_INTEGER });
  expect(study.trials).toHaveLength(2);
});
