import { expect, test } from "vitest";
import { createMedianPruner } from "../pruners/median-pruner.ts";
import { createStudy } from "./study.ts";

const space = { x: { kind: "real", min: -10, max: 10 } } as const;
type X = { readonly x: number };

test("runs an objective until there are enough, one after the other, reproducibly", async () => {
  const run = async () => {
    const study = createStudy({ space, seed: 5 });
    await study.optimize(({ x }: X) => (x - 2) ** 2, { trials: 40 });
    return study;
  };
  const [one, other] = [await run(), await run()];
  expect(one.trials).toHaveLength(40);
  expect(one.best?.values[0]).toBeLessThan(0.05);
  expect(other.events).toEqual(one.events);
});

test("runs as many at once as it is told", async () => {
  const study = createStudy({ space });
  let [running, most] = [0, 0];
  const objective = async ({ x }: X) => {
    running++;
    most = Math.max(most, running);
    await Promise.resolve();
    running--;
    return x * x;
  };
  await study.optimize(objective, { trials: 20, parallel: 4 });
  expect([study.trials.length, most]).toEqual([20, 4]);
});

test("gives up what is pruned, and fails what is not finite", async () => {
  const study = createStudy({ space, pruner: createMedianPruner({ startupTrials: 1 }) });
  await study.optimize(
    (_: X, trial) => {
      if (trial.number === 2) return Number.NaN;
      return trial.report(0, trial.number) ? "pruned" : 1;
    },
    { trials: 3 },
  );
  expect(study.trials.map(({ state }) => state)).toEqual(["complete", "pruned", "failed"]);
  expect(study.trials[2]?.cause).toBe("the objective gave NaN");
});

test("stops at an error, or goes on if told; stops once aborted", async () => {
  const failing = ({ x }: X): number => {
    throw new RangeError(`no value at ${x}`);
  };
  const study = createStudy({ space });
  await expect(study.optimize(failing, { trials: 5 })).rejects.toThrow("no value at");
  expect(study.trials.map(({ state }) => state)).toEqual(["failed"]);
  await study.optimize(failing, { trials: 3, keepGoing: true });
  expect(study.trials).toHaveLength(4);
  const stop = new AbortController();
  const onTrial = () => stop.abort();
  await study.optimize(({ x }: X) => x, { trials: 5, signal: stop.signal, onTrial });
  expect(study.trials).toHaveLength(5);
});
