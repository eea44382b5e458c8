import { isStoreError, type Store, storeError } from "@trimtab/core";
import { createStore } from "@trimtab/store";
import { builtinTypes, float } from "@trimtab/types";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type LiveSession, openSession } from "./index.ts";
import { status } from "./test-parts/assistant.ts";
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

const declared = {
  x: float({ default: 1 }),
  twice: float({ derivation: { kind: "function", name: "double" }, dependencies: ["x"] }),
};

interface World {
  /** What is behind the connection now. */
  inner: Store;
  readonly opened: Store[];
  readonly store: FragileStore;
  readonly app: LiveSession<typeof declared>;
  readonly waits: Promise<unknown>[];
}

const newStore = () => createStore({ types: builtinTypes, functions: { double: ({ x }) => 2 * Number(x) } });

/** Reasons for which a wait may end: the session is another one, or gone, or cannot be reached. */
const endings: readonly string[] = ["data_loss", "session_not_found", "not_found", "invalid_type", "unavailable"];

const waiting = (wait: Promise<unknown>): Promise<unknown> =>
  wait.catch((error: unknown) => {
    if (!isStoreError(error) || !endings.includes(error.reason)) throw error;
  });

const does: Readonly<Record<string, (world: World, value: number) => unknown>> = {
  "other-sets": ({ inner }, value) => inner.setVariable("s", "x", value),
  "app-sets": ({ app }, value) => app.variables.x.set(value),
  "app-updates": ({ app }) => app.variables.x.update((x) => (x + 1) % 20),
  "app-waits": ({ app, waits }) => void waits.push(waiting(app.settled())),
  "app-reconnects": ({ app }) => app.reconnect(),
  "other-deletes-all": ({ inner }) => inner.deleteSession("s"),
  "other-creates": ({ inner }) => inner.createSession({ id: "s" }),
  "other-registers": ({ inner }, value) => inner.registerVariable("s", { name: "x", type: "float", value }),
  "other-deletes": ({ inner }) => inner.deleteVariable("s", "x", { cascade: true }),
  "other-goes-back": ({ inner }, value) =>
    inner.rollbackSession("s", { kind: "revision", revision: value }, { deleteNew: true, restoreDeleted: true }),
  "server-is-lost": (world) => {
    world.inner = newStore();
    world.opened.push(world.inner);
    world.store.replace(world.inner);
  },
  cut: ({ store }) => store.cut(down),
  hold: ({ store }) => store.hold(true),
  "hold-no-more": ({ store }) => store.hold(false),
  pause: () => new Promise((resolve) => setImmediate(resolve)),
};

const steps = fc.record({ kind: fc.constantFrom(...Object.keys(does)), value: fc.integer({ min: 1, max: 9 }) });

/** Does one step; what is refused, because something is not there or there already, is part of the game. */
async function perform(
  world: World,
  { kind, value }: { readonly kind: string; readonly value: number },
): Promise<void> {
  try {
    await does[kind]?.(world, value);
  } catch (error) {
    if (!isStoreError(error)) throw error;
  }
}

/** Keeps what a subscriber has been told, and holds each change against what was told before. */
function follow(app: World["app"]): Map<string, number> {
  const told = new Map<string, number>(Object.entries(app.values));
  app.subscribe((changes) => {
    for (const { key, kind, value, ...change } of changes) {
      if (kind !== "deleted")
        expect([key, "previous" in change ? change.previous : undefined]).toEqual([key, told.get(key)]);
      if (kind === "deleted") told.delete(key);
      else told.set(key, value);
    }
  });
  return told;
}

describe("a live session whose session comes and goes", () => {
  it("shows and tells what there is in the end, and lets nobody wait for ever", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(steps, { maxLength: 30, size: "max" }), async (program) => {
        const inner = newStore();
        const store = createFragileStore(inner);
        const errors: unknown[] = [];
        const app = await openSession(store, "s", declared, {
          timers: eagerTimers,
          onError: (error) => errors.push(error),
        });
        const world: World = { inner, opened: [inner], store, app, waits: [] };
        const told = follow(app);
        for (const step of program) await perform(world, step);
        store.hold(false);
        // Whatever there is or is not by now, one who asks for it has all of it again.
        const { revision } = await world.inner.createSession({ id: "s", ifExists: "keep" });
        expect(revision).toBeGreaterThan(0);
        for (let i = 0; i < 20; i++) await does["pause"]?.(world, 0);
        store.cut(down);
        app.reconnect();
        await status(app, "ready");
        await perform(world, { kind: "other-registers", value: 1 });
        const end = await world.inner.setVariable("s", "x", 5);
        await app.caughtUp(end.revision);
        const { found } = await world.inner.getVariables("s", ["x", "twice"]);
        const values = new Map(Array.from(found, ([name, { value }]) => [name, value]));
        expect(told).toEqual(values);
        expect(app.variables.x.value).toBe(5);
        await Promise.all(world.waits);
        expect(errors).toEqual([]);
        await app.close();
        for (const each of world.opened) await (each as ReturnType<typeof newStore>).close();
      }),
      { numRuns: 100 },
    );
  });
});
