import { openSession } from "@trimtab/client";
import { createStore } from "@trimtab/store";
import { builtinTypes } from "@trimtab/types";
import { expect, it } from "vitest";
import { openSearch, ranked, settingsOf, sweep, type Trial } from "./search.ts";
import { sessionId, settings } from "./variables.ts";

/** Trials that a made-up landscape answers at once: the more examples and the finer, the better. */
async function search(count: number, seed: number): Promise<Trial[]> {
  const store = createStore({ types: builtinTypes });
  await using _ = await openSession(store, sessionId, settings, { actor: "test" });
  const study = await openSearch(store, seed);
  const tried: Trial[] = [];
  await study.optimize(
    (parameters) => {
      const tries = settingsOf(parameters);
      const fineness = Number.parseInt(tries.resolution, 10) / 14;
      const accuracy = (fineness + Number(tries.classifier.parameters.examples) / 1500) / 2;
      tried.push({ settings: tries, accuracy });
      return accuracy;
    },
    { trials: count },
  );
  await store.close();
  return tried;
}

it("tries every classifier first", async () => {
  const modules = sweep().map(({ classifier }) => classifier.module);
  expect(new Set(modules)).toEqual(new Set(["nearest", "bayes", "tree", "forest"]));
  const tried = await search(sweep().length, 1);
  expect(tried.map((trial) => trial.settings)).toEqual(sweep());
});

it("climbs", async () => {
  const best = (tried: readonly Trial[]) => ranked(tried)[0]?.accuracy ?? 0;
  for (const seed of [1, 2, 3]) {
    const tried = await search(60, seed);
    expect(best(tried)).toBeGreaterThan(best(tried.slice(0, sweep().length)));
    expect(best(tried)).toBeGreaterThan(0.9);
  }
});

it("tries the same for the same seed, and otherwise for another", async () => {
  expect(await search(30, 7)).toEqual(await search(30, 7));
  expect(await search(30, 7)).not.toEqual(await search(30, 8));
});
