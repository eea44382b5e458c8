import { createStoreClient, openSession, systemTimers, type Timers } from "@trimtab/client";
import { isStoreError } from "@trimtab/core";
import { float, integer } from "@trimtab/types";
import { expect, onTestFinished, test } from "vitest";
import { transports } from "./open-server.ts";
import { openBehindProxy } from "./test-parts/open-behind-proxy.ts";
import { consecutive, recordWatch } from "./test-parts/recorded-watch.ts";
import { createRandom } from "./test-parts/seeded-random.ts";

const commits = 600;
const seeds = [1, 2, 3];

/** Waits a fiftieth of the time, so that hundreds of breaks fit into a test. */
const hasty: Timers = {
  ...systemTimers,
  schedule: (delayMs, run, options) =>
    systemTimers.schedule(options?.background ? delayMs : delayMs / 50, run, options),
};

const declarations = { a: float({ default: 0 }), b: float({ default: 0 }), count: integer({ default: 0 }) };

/** A server behind a network that cuts every connection at a random byte. */
async function openCutting(seed: number) {
  const random = createRandom(seed);
  const { server, proxy } = await openBehindProxy({ bookmarkIntervalMs: 100 });
  await server.store.createSession({ id: "s" });
  const specs = ["a", "b", "count"].map((name) => ({ name, type: name === "count" ? "integer" : "float", value: 0n }));
  await server.store.registerVariables("s", specs);
  return { server, proxy, random, cut: () => random.whole(1, 6000) };
}

test.each(Object.entries(transports).flatMap(([name, create]) => seeds.map((seed) => [name, seed, create] as const)))(
  `%s, seed %i: ${commits} commits through connections cut at random bytes`,
  async (_, seed, createTransport) => {
    const { server, proxy, random, cut } = await openCutting(seed);
    const store = createStoreClient(createTransport(proxy.url));
    // A minute on a clock that runs fifty times as fast.
    const app = await openSession(store, "s", declarations, { timers: hasty, timeoutMs: 50 * 60_000 });
    onTestFinished(() => app.close());
    const versions: number[] = [app.variables.a.version];
    app.variables.a.subscribe((_, { version }) => versions.push(version));
    const watch = recordWatch(store, "s");
    await expect.poll(() => watch.revisions.length).toBe(1);

    proxy.cutEachAfter(cut);
    proxy.cutAll();
    for (let i = 1; i <= commits; i++) {
      const value = random.whole(0, 1000);
      if (i % 3 === 0) await server.store.setVariables("s", { a: value, b: -value });
      else await server.store.setVariable("s", i % 2 === 0 ? "a" : "b", value);
      if (i % 5 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    }
    const { revision } = await server.store.getSession("s");
    await expect.poll(() => watch.revisions.at(-1)).toBe(revision);
    await app.caughtUp(revision);
    await watch.stop();

    expect(watch.breaks).toBeGreaterThan(10);
    expect(watch.resets).toBe(0);
    expect(watch.revisions).toEqual(consecutive(watch.revisions));
    expect(versions).toEqual(consecutive(versions));
    for (const name of ["a", "b"] as const) {
      const { value, version } = await server.store.getVariable("s", name);
      expect(watch.values.get(name)).toBe(value);
      expect([app.variables[name].value, app.variables[name].version]).toEqual([value, version]);
    }
  },
);

test.each(seeds)("seed %i: writes through such connections are made once or not at all", async (seed) => {
  const { server, proxy, cut } = await openCutting(seed);
  let acknowledged = 0;
  let unknown = 0;
  proxy.cutEachAfter(cut);
  for (const createTransport of Object.values(transports)) {
    const store = createStoreClient(createTransport(proxy.url));
    for (let i = 0; i < 60; i++) {
      try {
        await store.setVariable("s", "count", acknowledged + unknown);
        acknowledged += 1;
      } catch (error) {
        if (!isStoreError(error, "unavailable")) throw error;
        unknown += 1;
      }
    }
  }
  expect(unknown).toBeGreaterThan(0);
  const { version } = await server.store.getVariable("s", "count");
  expect(version).toBeGreaterThanOrEqual(acknowledged);
  expect(version).toBeLessThanOrEqual(acknowledged + unknown);
  expect((await server.store.getSession("s")).revision).toBe(2 + version);
});
