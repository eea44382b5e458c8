import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { closingAfterEach, type OpenStore } from "../store/harness.ts";
import { type LifeStep, lifeSteps, perform } from "./life-steps.ts";
import { endAll } from "./life-watches.ts";
import type { Lives } from "./lives.ts";

/** Two sessions that are there. */
const beginning = (["a", "b"] as const).map((id): LifeStep => ({ does: "create", what: { id } }));

/** How much of it is tried, and what the store may have forgotten. */
export interface SessionLivesOptions {
  /** Random programs; 60 unless given. */
  readonly runs?: number;
  /** Steps in the longest of them; 50 unless given. */
  readonly steps?: number;
  /** The store keeps so little of the past that some of it may be gone. */
  readonly forgets?: boolean;
}

/**
 * Registers a test that lets sessions begin, fork, go back, take each other's variables in, expire, end and begin again under the
 * same ids, in random programs, with watches that stay and watches that resume at any point, and compares everything that is
 * told with a plain model of it. The store must know the type float.
 */
export function describeSessionLives(
  name: string,
  open: OpenStore,
  { runs = 60, steps = 50, forgets = false }: SessionLivesOptions = {},
): void {
  describe(`Sessions: ${name}`, () => {
    const opened = closingAfterEach(open);
    test("are told apart and followed through whatever becomes of them", async () => {
      const { store, advance } = await opened();
      let number = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(lifeSteps, { maxLength: steps, size: "max" }), async (program: LifeStep[]) => {
          const prefix = `lives-${number++}-`;
          const lives: Lives = {
            store,
            advance,
            prefix,
            forgets,
            there: new Map(),
            resuming: [],
            staying: [],
            marks: 0,
          };
          for (const step of [...beginning, ...program]) await perform(lives, step);
          await endAll(lives);
        }),
        { numRuns: runs },
      );
      expect((await store.listSessions({ pattern: "lives-*" })).items).toEqual([]);
    }, 120_000);
  });
}
