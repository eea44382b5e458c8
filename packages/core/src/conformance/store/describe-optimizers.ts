import { expect, test } from "vitest";
import type { Store } from "../../index.ts";
import { ofVariable, openThree, startTuner } from "./describe-optimizations.ts";
import { type OpenStore, rejection } from "./harness.ts";

/** What happens where several optimizers want one variable, and what is told of them all. */
export function describeConflicts(opened: OpenStore): void {
  test("of one variable are refused, or end those of lower priority", async () => {
    const store = await openThree(opened);
    const first = await startTuner(store, ["a", "b"], { priority: 1 });
    await rejection(startTuner(store, ["b", "c"]), "already_optimizing");
    await rejection(startTuner(store, ["b", "c"], { onConflict: "preempt", priority: 1 }), "already_optimizing");
    const other = await startTuner(store, ["c"]);
    const second = await startTuner(store, ["b", "c"], { onConflict: "preempt", priority: 2 });
    const ids = [first, other, second].map(({ optimization }) => optimization.id);
    const { items } = await store.listOptimizations("s");
    expect(items.map(({ id, state }) => [id, state])).toEqual([
      [ids[2], "running"],
      [ids[1], "preempted"],
      [ids[0], "preempted"],
    ]);
    await store.setVariable("s", "a", 2);
    await rejection(store.renewLease("s", first.optimization.id, first), "lease_lost");
  });

  test("wait in line, first come first served, and no longer than they may", async () => {
    const store = await openThree(opened);
    const first = await startTuner(store, ["a"]);
    const never = await rejection(startTuner(store, ["b"], { waitTimeoutMs: -1 }), "invalid_argument");
    expect(never.details).toMatchObject({ field: "waitTimeoutMs", limit: 0, value: -1 });
    const impatient = rejection(
      startTuner(store, ["a"], { onConflict: "wait", waitTimeoutMs: 1 }),
      "deadline_exceeded",
    );
    await impatient;
    const order: string[] = [];
    const wait = async (name: string) => {
      const { optimization } = await startTuner(store, ["a"], {
        optimizer: name,
        onConflict: "wait",
        // More than a timer can wait for.
        waitTimeoutMs: 2 ** 40,
      });
      order.push(name);
      return optimization.id;
    };
    const waiting = async (count: number) => {
      while ((await store.getOptimizationStatus("s", ofVariable("a"))).waiting !== count);
    };
    const second = wait("second");
    await waiting(1);
    const third = wait("third");
    await waiting(2);
    await store.stopOptimization("s", { kind: "optimization", id: first.optimization.id });
    await store.stopOptimization("s", { kind: "optimization", id: await second });
    await third;
    expect(order).toEqual(["second", "third"]);
  });

  test("are refused what is no way to end, to deal with one another, or to name one, and go on", async () => {
    const store = await openThree(opened);
    const { optimization } = await startTuner(store, ["a"]);
    const unknown = { onConflict: "queue" as "wait" };
    const refused = [
      await rejection(startTuner(store, ["b"], unknown), "invalid_argument"),
      await rejection(
        store.stopOptimization("s", ofVariable("a"), { outcome: "done" as "failed" }),
        "invalid_argument",
      ),
      await rejection(store.stopOptimization("s", { kind: "name" as "variable", ref: "a" }), "invalid_argument"),
      await rejection(
        store.getOptimizationStatus("s", { kind: "optimization", ref: "a" } as never),
        "invalid_argument",
      ),
    ];
    expect(refused.map(({ message }) => message)).toEqual([
      "onConflict must be one of abort, wait, preempt, got queue",
      "outcome must be one of completed, stopped, failed, got done",
      "target.kind must be one of optimization, variable, got name",
      "target.id must be text, got undefined",
    ]);
    const { items } = await store.listOptimizations("s");
    expect(items.map(({ id, state }) => [id, state])).toEqual([[optimization.id, "running"]]);
  });

  test("are not started for a caller who has gone away, and take nothing from those who hold", async () => {
    const store = await openThree(opened);
    const first = await startTuner(store, ["a"], { priority: 1 });
    for (const onConflict of ["abort", "wait", "preempt"] as const) {
      const signal = AbortSignal.abort();
      await rejection(startTuner(store, ["a"], { onConflict, priority: 2, signal }), "cancelled");
    }
    expect((await store.listOptimizations("s")).items).toHaveLength(1);
    await store.renewLease("s", first.optimization.id, first);
  });

  test("leave the line where their caller goes away", async () => {
    const store = await openThree(opened);
    const first = await startTuner(store, ["a"]);
    const away = new AbortController();
    const left = rejection(
      startTuner(store, ["a"], { onConflict: "wait", waitTimeoutMs: 60_000, signal: away.signal }),
      "cancelled",
    );
    while ((await store.getOptimizationStatus("s", ofVariable("a"))).waiting === 0);
    away.abort();
    await left;
    while ((await store.getOptimizationStatus("s", ofVariable("a"))).waiting > 0);
    await store.stopOptimization("s", { kind: "optimization", id: first.optimization.id });
    await store.setVariable("s", "a", 2);
  });
}

/** Registers in what order and by what optimizations are listed. */
export function describeListings(opened: OpenStore): void {
  test("keep nothing of what they tried of variables that are deleted", async () => {
    const store = await openThree(opened);
    const { optimization, fencingToken } = await startTuner(store, ["a", "b"]);
    const { id } = optimization;
    const values = { a: 5, b: 6 };
    await store.reportProgress("s", id, { fencingToken, values, metrics: { loss: 1 } });
    await store.setVariables("s", values, { lease: { optimization: id, fencingToken }, metadata: { iteration: 2 } });
    await store.stopOptimization("s", { kind: "optimization", id });
    const told = async () => {
      const { items } = await store.listOptimizationHistory("s");
      const best = (await store.getOptimizationStatus("s", { kind: "optimization", id })).optimization?.best;
      return { items: items.map(({ values: of, versions }) => [Object.keys(of), versions]), best: best?.values };
    };
    const [a = "", b = ""] = optimization.variables;
    const both = [[a, b], {}];
    expect(await told()).toEqual({ items: [[[a, b], { [a]: 1, [b]: 1 }], both], best: { [a]: 5, [b]: 6 } });
    await store.deleteVariable("s", "a");
    expect(await told()).toEqual({
      items: [
        [[b], { [b]: 1 }],
        [[b], {}],
      ],
      best: { [b]: 6 },
    });
    await store.deleteVariable("s", "b");
    expect(await told()).toEqual({ items: [], best: undefined });
    expect((await store.listOptimizations("s")).items).toMatchObject([{ id, variables: [a, b], state: "stopped" }]);
  });

  test("apply the best values of the variables that are left", async () => {
    const store = await openThree(opened);
    const { optimization, fencingToken } = await startTuner(store, ["a", "b"]);
    const { id } = optimization;
    await store.reportProgress("s", id, { fencingToken, values: { a: 5, b: 6 }, metrics: { loss: 1 } });
    await store.deleteVariable("s", "b", { lease: { optimization: id, fencingToken } });
    const stopped = await store.stopOptimization("s", ofVariable("a"), { applyBest: true });
    expect(Object.values(stopped.finalValues)).toEqual([5]);
  });

  test("are named in a write by their id alone", async () => {
    const store = await openThree(opened);
    const { optimization, fencingToken } = await startTuner(store, ["a"]);
    for (const named of ["", `s/${optimization.id}`]) {
      const write = store.setVariable("s", "a", 5, { lease: { optimization: named, fencingToken } });
      expect((await rejection(write, "invalid_argument")).details.field).toBe("lease.optimization");
    }
  });

  test("that are not known are not under way", async () => {
    const store = await openThree(opened);
    const { details } = await rejection(
      store.stopOptimization("s", { kind: "optimization", id: "x" }),
      "not_optimizing",
    );
    expect(details).toEqual({ variable: "x" });
    await rejection(store.stopOptimization("s", ofVariable("a")), "not_optimizing");
    await rejection(store.stopOptimization("s", ofVariable("nothing")), "not_found");
  });

  test("are told of in the history of what they wrote, and found by it", async () => {
    const store = await openThree(opened);
    await store.setVariable("s", "a", 2);
    const ids: string[] = [];
    for (const optimizer of ["one", "two"]) {
      const { optimization, fencingToken } = await store.startOptimization("s", ["a"], { optimizer });
      const { id } = optimization;
      await store.setVariable("s", "a", 3, { lease: { optimization: id, fencingToken } });
      await store.reportProgress("s", id, { fencingToken, values: { a: 4 }, metrics: { loss: 1 } });
      await store.stopOptimization("s", { kind: "optimization", id }, { applyBest: true });
      ids.push(id);
    }
    await store.setVariable("s", "a", 5);
    const list = async (options: Parameters<Store["listVariableHistory"]>[2]) =>
      (await store.listVariableHistory("s", "a", options)).items;
    const [one, two] = ids;
    const by = (await list({})).map(({ optimization }) => optimization);
    expect(by).toEqual([undefined, two, two, one, one, undefined, undefined]);
    expect((await list({ optimization: one ?? "" })).map(({ version }) => version)).toEqual([3, 2]);
    expect((await list({ optimizer: "two" })).map(({ version }) => version)).toEqual([5, 4]);
    expect(await list({ optimization: "another" })).toEqual([]);
  });

  test("are listed newest first, by variable, state and optimizer, in pages", async () => {
    const store = await openThree(opened);
    const first = await startTuner(store, ["a"], { optimizer: "one" });
    await store.reportProgress("s", first.optimization.id, { ...first, metrics: { x: 1 } });
    await store.stopOptimization("s", ofVariable("a"), { outcome: "failed", cause: "no luck" });
    await startTuner(store, ["a", "b"], { optimizer: "two" });
    const optimizers = async (options: Parameters<Store["listOptimizations"]>[1]) =>
      (await store.listOptimizations("s", options)).items.map(({ optimizer }) => optimizer);
    expect(await optimizers({})).toEqual(["two", "one"]);
    expect(await optimizers({ variable: "b" })).toEqual(["two"]);
    expect(await optimizers({ states: ["failed"] })).toEqual(["one"]);
    expect(await optimizers({ optimizer: "one" })).toEqual(["one"]);
    const page = await store.listOptimizations("s", { pageSize: 1 });
    expect(await optimizers({ pageToken: page.nextPageToken ?? "" })).toEqual(["one"]);
    const entries = async (options: Parameters<Store["listOptimizationHistory"]>[1]) =>
      (await store.listOptimizationHistory("s", options)).items.length;
    expect(await entries({ variable: "a" })).toBe(1);
    expect(await entries({ variable: "b" })).toBe(0);
    expect(await entries({ optimization: first.optimization.id, sinceMs: 1 })).toBe(1);
    expect(await entries({ optimizer: "two" })).toBe(0);
  });
}
