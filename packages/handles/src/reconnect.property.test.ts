import { type Store, storeError } from "@trimtab/core";
import { createStore } from "@trimtab/store";
import { builtinTypes } from "@trimtab/types";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type LiveSession, openSession } from "./index.ts";
import { assistant } from "./test-parts/assistant.ts";
import { createFragileStore, type FragileStore } from "./test-parts/fragile-store.ts";
import type { Timers } from "./timers.ts";

const down = storeError("unavailable", "no route", {});

/** Retries come due as soon as everything else has had its turn; the liveness timer and time limits never do. */
const eagerTimers: Timers = {
  schedule(delayMs, run) {
    if (delayMs > 20_000) return () => {};
    const timer = setImmediate(run);
    return () => clearImmediate(timer);
  },
  random: () => 0,
};

interface World {
  readonly inner: Store;
  readonly store: FragileStore;
  readonly app: LiveSession<typeof assistant>;
}

type Step =
  | { readonly kind: "other-sets"; readonly value: number }
  | { readonly kind: "other-sets-two"; readonly value: number }
  | { readonly kind: "app-sets"; readonly value: number }
  | { readonly kind: "app-updates" }
  | { readonly kind: "delete" }
  | { readonly kind: "register"; readonly value: number }
  | { readonly kind: "cut" }
  | { readonly kind: "hold"; readonly holding: boolean }
  | { readonly kind: "pause" };

const value = fc.integer({ min: 0, max: 20 }).map((tenths) => tenths / 10);
const steps: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constantFrom("other-sets", "other-sets-two", "app-sets", "register"), value }),
  fc.constantFrom<Step>({ kind: "app-updates" }, { kind: "delete" }, { kind: "pause" }),
  fc.constantFrom<Step>(
    { kind: "cut" },
    { kind: "cut" },
    { kind: "hold", holding: true },
    { kind: "hold", holding: false },
  ),
);

/** Does one step; what the store refuses, because the variable is not there or there already, is part of the game. */
async function perform({ inner, store, app }: World, step: Step): Promise<void> {
  const { temperature } = app.variables;
  switch (step.kind) {
    case "other-sets":
      return ignoring(inner.setVariable("s", "temperature", step.value));
    case "other-sets-two":
      return ignoring(inner.setVariables("s", { temperature: step.value, maxTokens: Math.round(step.value * 10) + 1 }));
    case "app-sets":
      return ignoring(temperature.set(step.value));
    case "app-updates":
      return ignoring(temperature.update((t) => (t * 10 >= 19 ? 0 : t + 0.1)));
    case "delete":
      return ignoring(inner.deleteVariable("s", "temperature"));
    case "register":
      return ignoring(inner.registerVariable("s", { name: "temperature", type: "float", value: step.value }));
    case "cut":
      store.cut(down);
      return;
    case "hold":
      store.hold(step.holding);
      return;
    case "pause":
      return new Promise((resolve) => setImmediate(resolve));
  }
}

const ignoring = (promise: Promise<unknown>): Promise<void> =>
  promise.then(
    () => {},
    () => {},
  );

/** Starts a watch that never breaks, and gives what reads off it all that happened up to a revision. */
async function watchUnbroken(store: Store): Promise<(revision: number) => Promise<string[]>> {
  const events = store.watch("s", { refs: ["temperature", "model", "maxTokens"] })[Symbol.asyncIterator]();
  await events.next();
  return async (revision) => {
    const told: string[] = [];
    for (;;) {
      const { done, value: event } = await events.next();
      if (done) return told;
      if (event.kind === "changes") {
        const changes = event.changes.map(({ kind, name, version }) => `${kind} ${name} v${version}`);
        told.push(`${event.revision}: ${changes.join(", ")}`);
      }
      if (event.revision >= revision) return told;
    }
  };
}

describe("a live session over a connection that breaks at random", () => {
  it("tells exactly what an unbroken watch tells, reads its own writes, and never goes back", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(steps, { maxLength: 25 }), async (program) => {
        const inner = createStore({ types: builtinTypes });
        const store = createFragileStore(inner);
        const app = await openSession(store, "s", assistant, { timers: eagerTimers });
        const readUpTo = await watchUnbroken(inner);
        const told: string[] = [];
        app.subscribe((changes) => {
          const parts = changes.map(({ kind, key, version }) => `${kind} ${key} v${version}`);
          told.push(`${changes[0]?.revision}: ${parts.join(", ")}`);
        });

        const newest = new Map<string, number>();
        for (const step of program) {
          await perform({ inner, store, app }, step);
          const seen = readIfThere(app);
          if (seen === undefined) continue;
          expect(seen.version).toBeGreaterThanOrEqual(newest.get(seen.id) ?? 0);
          newest.set(seen.id, seen.version);
        }

        store.hold(false);
        const end = await inner.setVariable("s", "model", "claude-3");
        await app.caughtUp(end.revision);
        expect(told).toEqual(await readUpTo(end.revision));
        const { found } = await inner.getVariables("s", ["temperature"]);
        expect(readIfThere(app)?.value).toEqual(found.get("temperature")?.value);
        await app.close();
        await inner.close();
      }),
      { numRuns: 60 },
    );
  });
});

function readIfThere(app: LiveSession<typeof assistant>) {
  try {
    const { id, version, value } = app.variables.temperature;
    return { id, version, value };
  } catch {
    return undefined;
  }
}
