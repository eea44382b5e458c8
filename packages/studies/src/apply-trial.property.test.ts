import { createTypeRegistry, isStoreError, type Store, type StudyStore, storeError } from "@trimtab/core";
import { type CommitLog, createEncodedLog, createMemoryLog } from "@trimtab/log";
import { createStore } from "@trimtab/store";
import { builtinTypes } from "@trimtab/types";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createStudies, studyCodec } from "./index.ts";
import { createTwo } from "./test-parts/create-two.ts";

const types = createTypeRegistry(builtinTypes);

/** What a process does, and after how many of its writes it dies, if it does: before that write is made, or after. */
const steps = fc.record({
  process: fc.nat(1),
  kind: fc.constantFrom("apply" as const, "apply-first" as const, "rollback" as const),
  dies: fc.option(fc.record({ atWrite: fc.nat(2), isMade: fc.boolean() })),
});

type Death = { readonly atWrite: number; readonly isMade: boolean } | null;

/** A process of its own over what all share: where it dies, none of its calls is made or answered any more. */
function startProcess(store: Store, log: CommitLog) {
  let dies: { atWrite: number; isMade: boolean } | null = null;
  let isDead = false;
  const gone = () => storeError("unavailable", "the process is gone", {});
  const writing = async <T>(make: () => Promise<T>): Promise<T> => {
    if (isDead) throw gone();
    if (dies === null || dies.atWrite-- > 0) return make();
    isDead = true;
    if (dies.isMade) await make();
    throw gone();
  };
  const mortal = { ...store, setVariables: (...call) => writing(() => store.setVariables(...call)) } satisfies Store;
  const mortalLog = { ...log, append: (...call) => writing(() => log.append(...call)) } satisfies CommitLog;
  const all = createStudies({ store: mortal, log: createEncodedLog(mortalLog, studyCodec), types });
  return {
    studies: all.of(mortal),
    isDead: () => isDead,
    dieAt(death: Death) {
      dies = death === null ? null : { ...death };
    },
    close: () => all.close(),
  };
}

async function prepare(studies: StudyStore, store: Store): Promise<void> {
  await createTwo(studies, store);
  for (const [number, at] of [1, 2].entries()) {
    await studies.askTrials("s", "one", { parameters: { x: at, y: at } });
    await studies.tellTrial("s", "one", { number, values: [10 - at] });
  }
}

/** Refusals that two processes which work against each other may meet with. */
const isExpected = (error: unknown) =>
  isStoreError(error) && ["version_mismatch", "unavailable"].includes(error.reason);

test("whatever processes die in the midst of, a rollback brings back what was there before the study", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(steps, { minLength: 1, maxLength: 3 }), { maxLength: 6 }), async (rounds) => {
      const store = createStore({ types });
      const log = createMemoryLog();
      const processes = [startProcess(store, log), startProcess(store, log)];
      const [first] = processes;
      if (first === undefined) return expect.fail("there are two");
      await prepare(first.studies, store);
      const run = async ({ process, kind, dies }: (typeof rounds)[number][number]) => {
        const { studies, dieAt } = processes[process] ?? first;
        dieAt(dies);
        if (kind === "rollback") return studies.rollbackStudy("s", "one");
        return studies.applyTrial("s", "one", kind === "apply" ? {} : { number: 0 });
      };
      for (const round of rounds) {
        // What is in a round happens at the same time.
        for (const outcome of await Promise.allSettled(round.map(run))) {
          if (outcome.status === "rejected" && !isExpected(outcome.reason)) throw outcome.reason;
        }
        for (const [index, { isDead, close, dieAt }] of processes.entries()) {
          dieAt(null);
          if (!isDead()) continue;
          close();
          processes[index] = startProcess(store, log);
        }
        const { found } = await store.getVariables("s", ["x", "y"]);
        // A commit is seen whole.
        expect(found.get("x")?.value).toBe(found.get("y")?.value);
      }
      const last = startProcess(store, log);
      await last.studies.rollbackStudy("s", "one");
      expect((await store.getVariable("s", "x")).value).toBe(5);
      expect((await store.getVariable("s", "y")).value).toBe(5);
      expect((await last.studies.getStudy("s", "one")).appliedTrial).toBeUndefined();
      for (const { close } of [...processes, last]) close();
      await store.close();
    }),
    { numRuns: 300 },
  );
});
