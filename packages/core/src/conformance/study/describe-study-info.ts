import { describe, expect, test } from "vitest";
import { ask, type OpenStudies, openSample, refusalOf } from "./harness.ts";

/** Registers what studies promise of being made, told of, changed and ended. */
export function describeStudyInfo(opened: OpenStudies): void {
  describe("studies", () => {
    test("say what they were created with", async () => {
      const { studies } = await openSample(opened);
      const created = await studies.createStudy(
        "s",
        {
          id: "two",
          variables: ["x", "count"],
          bounds: { x: { min: 1, max: 2 } },
          objectives: [{ metric: "accuracy" }],
          sampler: { name: "tpe", config: { candidates: 12 } },
          pruner: { name: "median", config: { startupTrials: 2 } },
          seed: 2 ** 40,
          parallelism: 3,
          maxTrials: 9,
          maxRetries: 2,
          trialTtlMs: 1500,
          metadata: { team: "a", tags: [1, "b"] },
        },
        { actor: "ada" },
      );
      expect(created).toMatchObject({
        id: "two",
        session: "s",
        objectives: [{ metric: "accuracy", direction: "maximize" }],
        variables: [
          { name: "x", type: "float", constraints: { min: 1, max: 2 } },
          { name: "count", type: "integer" },
        ],
        spaceVersion: 1,
        sampler: { name: "tpe", config: { candidates: 12 } },
        pruner: { name: "median", config: { startupTrials: 2 } },
        seed: 2 ** 40,
        parallelism: 3,
        maxTrials: 9,
        maxRetries: 2,
        trialTtlMs: 1500,
        status: "running",
        trialCounts: { waiting: 0, running: 0, complete: 0, pruned: 0, failed: 0 },
        metadata: { team: "a", tags: [1, "b"] },
        createdBy: "ada",
        revision: 1,
      });
      expect(await studies.getStudy("s", "two")).toEqual(created);
    });

    test("are there once, and kept where that is asked for", async () => {
      const { studies } = await openSample(opened);
      const again = { id: "one", variables: ["x"] };
      const refused = await refusalOf(studies.createStudy("s", again), "already_exists");
      expect(refused.details).toEqual({ resource: "study", id: "one" });
      const kept = await studies.createStudy("s", again, { ifExists: "keep" });
      expect(kept.variables.map(({ name }) => name)).toEqual(["x", "y"]);
    });

    test("are refused with the field at fault", async () => {
      const { studies } = await openSample(opened);
      const create = (spec: object) => studies.createStudy("s", { id: "bad", variables: ["x"], ...spec });
      const field = async (spec: object) => (await refusalOf(create(spec), "invalid_argument")).details;
      expect(await field({ variables: [] })).toMatchObject({ field: "variables" });
      expect(await field({ variables: ["x", "x"] })).toMatchObject({ field: "variables" });
      expect(await field({ bounds: { y: { min: 0 } } })).toMatchObject({ field: "bounds" });
      expect(await field({ sampler: { name: "oracle" } })).toMatchObject({ field: "sampler.name", value: "oracle" });
      expect(await field({ sampler: { name: "tpe", config: { luck: 1 } } })).toMatchObject({
        field: "sampler.config.luck",
      });
      expect(await field({ pruner: { name: "axe" } })).toMatchObject({ field: "pruner.name" });
      expect(await field({ id: "a/b" })).toMatchObject({ field: "id" });
      expect(await field({ objectives: [] })).toMatchObject({ field: "objectives" });
      const twice = [{ metric: "cost" }, { metric: "loss" }, { metric: "cost", direction: "minimize" }];
      expect(await field({ objectives: twice })).toMatchObject({ field: "objectives[2].metric", value: "cost" });
      await refusalOf(create({ variables: ["free"] }), "unbounded_space");
      await refusalOf(create({ variables: ["sum"] }), "read_only");
      await refusalOf(create({ variables: ["none"] }), "not_found");
      for (const wrong of [{ min: 3, max: 1 }, { min: "low" }, { least: 1 }]) {
        await refusalOf(create({ bounds: { x: wrong } }), "invalid_constraints");
      }
      await refusalOf(studies.getStudy("s", "bad"), "not_found");
      await refusalOf(studies.getStudy("nowhere", "one"), "session_not_found");
    });

    test("take no metadata and no lease where nothing is written to the session", async () => {
      const { studies } = await openSample(opened);
      const { number } = await ask(studies);
      const before = await studies.getStudy("s", "one");
      const calls: Readonly<Record<string, (by: object) => Promise<unknown>>> = {
        createStudy: (by) => studies.createStudy("s", { id: "bad", variables: ["x"] }, by),
        updateStudy: (by) => studies.updateStudy("s", "one", { status: "paused" }, by),
        changeBounds: (by) => studies.changeBounds("s", "one", { x: { min: 1, max: 2 } }, by),
        deleteStudy: (by) => studies.deleteStudy("s", "one", by),
        enqueueTrial: (by) => studies.enqueueTrial("s", "one", { x: 1 }, by),
        askTrials: (by) => studies.askTrials("s", "one", by),
        tellTrial: (by) => studies.tellTrial("s", "one", { number, values: [1] }, by),
        tellTrials: (by) => studies.tellTrials("s", "one", [{ number, values: [1] }], by),
        reportIntermediateValue: (by) => studies.reportIntermediateValue("s", "one", { number, step: 0, value: 1 }, by),
        failTrial: (by) => studies.failTrial("s", "one", number, by),
        renewTrial: (by) => studies.renewTrial("s", "one", number, by),
      };
      const given = { metadata: { why: "x" }, lease: { optimization: "opt_1", fencingToken: 1 } };
      for (const [method, call] of Object.entries(calls)) {
        for (const [field, value] of Object.entries(given)) {
          const { details } = await refusalOf(call({ [field]: value }), "invalid_argument");
          expect(details, method).toEqual({ field });
        }
      }
      expect(await studies.getStudy("s", "one")).toEqual(before);
    });

    test("are listed by id, by page, pattern and state", async () => {
      const { studies } = await openSample(opened);
      for (const id of ["b-1", "b-2", "a-1"]) await studies.createStudy("s", { id, variables: ["x"] });
      await studies.updateStudy("s", "b-2", { status: "paused" });
      const first = await studies.listStudies("s", { pageSize: 3 });
      expect(first.items.map(({ id }) => id)).toEqual(["a-1", "b-1", "b-2"]);
      const rest = await studies.listStudies("s", { pageSize: 3, pageToken: first.nextPageToken ?? "" });
      expect(rest.items.map(({ id }) => id)).toEqual(["one"]);
      expect(rest.nextPageToken).toBeUndefined();
      const paused = await studies.listStudies("s", { pattern: "b-*", statuses: ["paused"] });
      expect(paused.items.map(({ id }) => id)).toEqual(["b-2"]);
      await refusalOf(studies.listStudies("s", { pageSize: 1001 }), "invalid_argument");
    });

    test("hand nothing out while they are paused or over, and have limits that change", async () => {
      const { studies } = await openSample(opened, { maxTrials: 2, parallelism: 1 });
      await studies.updateStudy("s", "one", { status: "paused", metadata: { why: "lunch" } });
      expect(await studies.askTrials("s", "one", {})).toEqual({ trials: [], status: "paused" });
      const resumed = await studies.updateStudy("s", "one", { status: "running" });
      expect([resumed.status, resumed.metadata]).toEqual(["running", { why: "lunch" }]);
      const { number } = await ask(studies);
      expect((await studies.askTrials("s", "one", {})).trials).toEqual([]);
      await studies.updateStudy("s", "one", { parallelism: 0 });
      const second = await ask(studies);
      for (const each of [number, second.number]) await studies.tellTrial("s", "one", { number: each, values: [1] });
      const over = await studies.getStudy("s", "one");
      expect([over.status, over.trialCounts.complete]).toEqual(["completed", 2]);
      expect(await studies.askTrials("s", "one", {})).toEqual({ trials: [], status: "completed" });
    });

    test("search within other bounds from when those change, and go on to say so", async () => {
      const { store, studies } = await openSample(opened);
      const early = await ask(studies);
      const changed = await studies.changeBounds("s", "one", { x: { min: 0, max: 0.5 } }, { expectedSpaceVersion: 1 });
      expect(changed).toMatchObject({ spaceVersion: 2, variables: [{ constraints: { min: 0, max: 0.5 } }, {}] });
      for (let i = 0; i < 5; i++) {
        const { parameters, spaceVersion } = await ask(studies);
        expect([Number(parameters["x"]) <= 0.5, spaceVersion]).toEqual([true, 2]);
      }
      expect((await studies.getTrial("s", "one", early.number)).spaceVersion).toBe(1);
      expect((await store.getVariable("s", "x")).constraints).toEqual({ min: 0, max: 10 });
      const stale = studies.changeBounds("s", "one", { x: { min: 0, max: 1 } }, { expectedSpaceVersion: 1 });
      expect((await refusalOf(stale, "version_mismatch")).details).toMatchObject({ expected: 1, actual: 2 });
      await refusalOf(studies.changeBounds("s", "one", { count: {} }), "invalid_argument");
      for (const wrong of [{ min: 3, max: 1 }, { min: "low" }, { least: 1 }]) {
        await refusalOf(studies.changeBounds("s", "one", { x: wrong }), "invalid_constraints");
      }
      expect((await studies.getStudy("s", "one")).spaceVersion).toBe(2);
      await refusalOf(studies.changeBounds("s", "one", { x: {} }), "unbounded_space");
    });

    test("hand nothing out once a variable is gone, whatever has its name by now, until that is to be searched", async () => {
      const { store, studies } = await openSample(opened);
      const held = await ask(studies, "a");
      await store.deleteVariable("s", "x", { cascade: true });
      const gone = { resource: "variable", id: "x" };
      expect((await refusalOf(studies.askTrials("s", "one", {}), "not_found")).details).toEqual(gone);
      await store.registerVariable("s", { name: "x", type: "float", value: 5, constraints: { min: 0, max: 10 } });
      for (const options of [{}, { parameters: { x: 1, y: 2 } }]) {
        const refused = await refusalOf(studies.askTrials("s", "one", options), "not_found");
        expect(refused.details).toEqual(gone);
      }
      expect((await studies.askTrials("s", "one", { clientId: "a" })).trials).toEqual([held]);
      expect((await studies.getStudy("s", "one")).trialCounts).toMatchObject({ running: 1, failed: 0 });
      await studies.changeBounds("s", "one", { x: { min: 0, max: 10 } });
      expect((await ask(studies)).number).toBe(1);
    });

    test("are deleted with their trials, and begin anew under the same id", async () => {
      const { studies } = await openSample(opened);
      await ask(studies);
      await studies.deleteStudy("s", "one");
      await refusalOf(studies.getTrial("s", "one", 0), "not_found");
      await refusalOf(studies.deleteStudy("s", "one"), "not_found");
      await studies.deleteStudy("s", "one", { allowMissing: true });
      expect((await studies.listStudies("s")).items).toEqual([]);
      await studies.createStudy("s", { id: "one", variables: ["count"] });
      expect((await studies.getStudy("s", "one")).trialCounts.running).toBe(0);
      expect((await ask(studies)).number).toBe(0);
    });

    test("go with their session: one that is created anew has none", async () => {
      const { store, studies } = await openSample(opened);
      await store.deleteSession("s");
      await refusalOf(studies.getStudy("s", "one"), "session_not_found");
      await store.createSession({ id: "s" });
      await refusalOf(studies.getStudy("s", "one"), "not_found");
      expect((await studies.listStudies("s")).items).toEqual([]);
      await store.registerVariable("s", { name: "x", type: "float", value: 1, constraints: { min: 0, max: 1 } });
      expect((await studies.createStudy("s", { id: "one", variables: ["x"] })).trialCounts.running).toBe(0);
    });
  });
}
