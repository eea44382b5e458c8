import fc from "fast-check";
import { describe, test } from "vitest";
import { closingAfterEach, type OpenStore, readWatch } from "../store/harness.ts";
import { createPlainSession } from "./plain-session.ts";
import { catchUp, type RealSession } from "./real-session.ts";
import { beginWith, sessionCommands } from "./session-commands.ts";

/** How much of it is tried. */
export interface StoreModelOptions {
  /** Random programs; 100 unless given. */
  readonly runs?: number;
  /** Commands in the longest of them; 60 unless given. */
  readonly commands?: number;
}

/**
 * Registers a test that drives a store and a plain model of it through the same random programs and compares every
 * outcome, every value, every past and everything that a watch has told, through its breaks and those of the store where it
 * can be opened again. The store must know the type float and evaluate CEL expressions.
 */
export function describeStoreModel(
  name: string,
  open: OpenStore,
  { runs = 100, commands = 60 }: StoreModelOptions = {},
): void {
  describe(`Store: ${name}`, () => {
    const opened = closingAfterEach(open);
    test("does what a plain model of it does, whatever the program", async () => {
      const harness = await opened();
      let { store } = harness;
      const reopen =
        harness.reopen &&
        (async () => {
          store = (await harness.reopen?.()) ?? store;
          return store;
        });
      let number = 0;
      await fc.assert(
        fc.asyncProperty(fc.commands(sessionCommands, { maxCommands: commands, size: "max" }), async (program) => {
          const id = `model-${number++}`;
          await store.createSession({ id });
          const model = createPlainSession();
          await beginWith(model, { store, id });
          model.told.clear();
          const watch = readWatch(store.watch(id));
          const { token } = await watch.nextOf("snapshot");
          const real: RealSession = { store, reopen, id, watch, token, told: new Map() };
          await fc.asyncModelRun(() => ({ model, real }), program);
          await catchUp(model, real);
          await real.watch.close();
          await store.deleteSession(id);
        }),
        { numRuns: runs },
      );
    }, 120_000);
  });
}
