import { describe, expect, test } from "vitest";
import type { StudyStore } from "../../index.ts";
import { type OpenStudies, openSample, refusalOf } from "./harness.ts";

/** Tells of a trial at a place. */
async function tryAt(studies: StudyStore, x: number, y: number, value: number): Promise<number> {
  const { trials } = await studies.askTrials("s", "one", { parameters: { x, y } });
  const number = trials[0]?.number ?? -1;
  await studies.tellTrial("s", "one", { number, values: [value] });
  return number;
}

/** Registers what studies promise of applying trials to variables. */
export function describeApplying(opened: OpenStudies): void {
  describe("what trials bring about", () => {
    test("is seen through them alone until one is applied, in one commit", async () => {
      const { store, studies } = await openSample(opened);
      const { revision } = await store.getSession("s");
      const number = await tryAt(studies, 1, 2, 0.5);
      const { found, missing } = await studies.getTrialVariables("s", "one", number, ["x", "sum", "nothing"]);
      expect([found.get("x")?.value, found.get("sum")?.value, missing]).toEqual([1, 3, ["nothing"]]);
      expect([...(await studies.getTrialVariables("s", "one", number)).found.keys()]).toEqual(["x", "y"]);
      expect((await store.getSession("s")).revision).toBe(revision);
      expect((await store.listSessions()).items.map(({ id }) => id)).toEqual(["s"]);
      const applied = await studies.applyTrial("s", "one");
      expect(applied).toMatchObject({ session: "s", revision: revision + 1, trial: { number } });
      expect(Object.keys(applied).sort()).toEqual(["applied", "revision", "session", "trial"]);
      expect([...applied.applied].map(([name, { version }]) => [name, version])).toEqual([
        ["x", 1],
        ["y", 1],
      ]);
      expect((await store.getVariable("s", "sum")).value).toBe(3);
      expect((await studies.getStudy("s", "one")).appliedTrial).toBe(number);
    });

    test("is undone as a whole: what there was before the first of them", async () => {
      const { store, studies } = await openSample(opened);
      await tryAt(studies, 1, 2, 0.5);
      await studies.applyTrial("s", "one");
      const second = await tryAt(studies, 3, 4, 0.9);
      await studies.applyTrial("s", "one", { number: second });
      expect((await store.getVariable("s", "x")).value).toBe(3);
      const undone = await studies.rollbackStudy("s", "one");
      expect([...undone.applied.keys()]).toEqual(["x", "y"]);
      expect((await store.getVariable("s", "x")).value).toBe(5);
      expect((await studies.getStudy("s", "one")).appliedTrial).toBeUndefined();
      const again = await studies.rollbackStudy("s", "one");
      expect([again.applied.size, again.revision]).toEqual([0, undone.revision]);
    });

    test("is undone once where that is asked for again", async () => {
      const { store, studies } = await openSample(opened);
      const first = await tryAt(studies, 1, 2, 0.5);
      await studies.applyTrial("s", "one", { requestId: "r1" });
      const undone = await studies.rollbackStudy("s", "one", { requestId: "r2" });
      expect([...undone.applied.keys()]).toEqual(["x", "y"]);
      await studies.applyTrial("s", "one", { number: first });
      expect((await studies.rollbackStudy("s", "one", { requestId: "r2" })).applied.size).toBe(0);
      expect((await store.getVariable("s", "x")).value).toBe(1);
      const otherwise = await refusalOf(studies.rollbackStudy("s", "one", { requestId: "r1" }), "invalid_argument");
      expect(otherwise.details).toMatchObject({ field: "requestId" });
      await refusalOf(studies.rollbackStudy("s", "one", { requestId: "a".repeat(256) }), "invalid_argument");
    });

    test("is undone to what others wrote between two that were applied", async () => {
      const { store, studies } = await openSample(opened);
      await tryAt(studies, 1, 2, 0.5);
      await studies.applyTrial("s", "one");
      await store.setVariable("s", "x", 9);
      const second = await tryAt(studies, 3, 4, 0.9);
      await studies.applyTrial("s", "one", { number: second });
      await studies.rollbackStudy("s", "one");
      expect([(await store.getVariable("s", "x")).value, (await store.getVariable("s", "y")).value]).toEqual([9, 5]);
    });

    test("is not undone over what others have written since, unless that is said", async () => {
      const { store, studies } = await openSample(opened);
      await refusalOf(studies.applyTrial("s", "one"), "not_found");
      await tryAt(studies, 1, 2, 0.5);
      const versioned = studies.applyTrial("s", "one", { expectedVersions: { x: 7 } });
      await refusalOf(versioned, "version_mismatch");
      await studies.applyTrial("s", "one");
      await store.setVariable("s", "x", 9);
      await refusalOf(studies.rollbackStudy("s", "one"), "version_mismatch");
      expect((await store.getVariable("s", "y")).value).toBe(2);
      await studies.rollbackStudy("s", "one", { overrideLaterWrites: true });
      expect([(await store.getVariable("s", "x")).value, (await store.getVariable("s", "y")).value]).toEqual([5, 5]);
    });

    test("is not undone over other variables of the same names, unless that is said", async () => {
      const { store, studies } = await openSample(opened);
      await tryAt(studies, 1, 2, 0.5);
      await studies.applyTrial("s", "one");
      await store.deleteVariable("s", "x", { cascade: true });
      await store.registerVariable("s", { name: "x", type: "float", value: 7 });
      // By now it has the version that the study gave to the one before it.
      await store.setVariable("s", "x", 8);
      await refusalOf(studies.rollbackStudy("s", "one"), "not_found");
      expect([(await store.getVariable("s", "x")).value, (await store.getVariable("s", "y")).value]).toEqual([8, 2]);
      await studies.rollbackStudy("s", "one", { overrideLaterWrites: true });
      expect([(await store.getVariable("s", "x")).value, (await store.getVariable("s", "y")).value]).toEqual([5, 5]);
    });

    test("is undone to what another variable of the same name was when the next trial was applied", async () => {
      const { store, studies } = await openSample(opened);
      await tryAt(studies, 1, 2, 0.5);
      await studies.applyTrial("s", "one");
      await store.deleteVariable("s", "x", { cascade: true });
      await store.registerVariable("s", { name: "x", type: "float", value: 7 });
      await store.setVariable("s", "x", 8);
      await studies.applyTrial("s", "one");
      await studies.rollbackStudy("s", "one");
      expect([(await store.getVariable("s", "x")).value, (await store.getVariable("s", "y")).value]).toEqual([8, 5]);
    });

    test("waits for whoever holds a lease on one of the variables, and is open to the holder", async () => {
      const { store, studies } = await openSample(opened);
      await tryAt(studies, 1, 2, 0.5);
      const { optimization, fencingToken } = await store.startOptimization("s", ["y"], { optimizer: "tuner" });
      await refusalOf(studies.applyTrial("s", "one"), "already_optimizing");
      expect((await store.getVariable("s", "x")).value).toBe(5);
      await tryAt(studies, 2, 2, 0.4);
      await studies.applyTrial("s", "one", { lease: { optimization: optimization.id, fencingToken } });
      expect((await store.getVariable("s", "x")).value).toBe(2);
      await refusalOf(studies.rollbackStudy("s", "one"), "already_optimizing");
      await store.stopOptimization("s", { kind: "optimization", id: optimization.id });
      await studies.rollbackStudy("s", "one");
      expect((await store.getVariable("s", "x")).value).toBe(5);
    });

    test("is applied once for each request", async () => {
      const { store, studies } = await openSample(opened);
      await tryAt(studies, 1, 2, 0.5);
      const applied = await studies.applyTrial("s", "one", { requestId: "once" });
      await tryAt(studies, 3, 4, 0.1);
      const again = await studies.applyTrial("s", "one", { requestId: "once" });
      expect([again.revision, again.trial.number]).toEqual([applied.revision, applied.trial.number]);
      expect((await store.getVariable("s", "x")).value).toBe(1);
      await studies.rollbackStudy("s", "one");
      expect((await store.getVariable("s", "x")).value).toBe(5);
    });
  });
}
