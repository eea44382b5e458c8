import { describe, expect, test } from "vitest";
import type { SessionPoint, Store } from "../../index.ts";
import { type OpenStore, openSample, rejection, type StoreFacts } from "./harness.ts";

const atRevision = (revision: number): SessionPoint => ({ kind: "revision", revision });

/** A store whose temperature has had the values 0.7, 0.1, 0.2 and so on, at revisions 2, 3, 4 and so on. */
async function openPast(open: OpenStore, writes = 4): Promise<Store> {
  const { store } = await openSample(open);
  for (let i = 1; i <= writes; i++) {
    const metadata = { optimizer_id: i % 2 === 0 ? "even" : "odd", step: i };
    await store.setVariable("s", "temperature", (i % 20) / 10, { metadata });
  }
  return store;
}

/** Registers what a store promises of versions and of the past. */
export function describeHistory(open: OpenStore, facts: StoreFacts): void {
  describeVersions(open, facts);
  describePoints(open, facts);
  describeDifferences(open);
  describeCommits(open);
}

function describeVersions(open: OpenStore, { historyCommits }: StoreFacts): void {
  describe("a variable's history", () => {
    test("is every version, newest first, with who made it and why", async () => {
      const store = await openPast(open);
      const { items, revision, nextPageToken } = await store.listVariableHistory("s", "temperature");
      expect(items.map(({ version, value, revision: at }) => [version, value, at])).toEqual([
        [4, 0.4, 6],
        [3, 0.3, 5],
        [2, 0.2, 4],
        [1, 0.1, 3],
        [0, 0.7, 2],
      ]);
      expect(items[0]).toMatchObject({ updatedBy: "even", origin: "typescript", metadata: { step: 4 } });
      expect(items[0]?.payload).toEqual({ kind: "number", value: 0.4 });
      expect({ revision, nextPageToken }).toEqual({ revision: 6, nextPageToken: undefined });
      await rejection(store.listVariableHistory("s", "nope"), "not_found");
    });

    test("comes in pages, from an offset, within a time, of one optimizer, with or without metadata", async () => {
      const store = await openPast(open);
      const list = async (options: Parameters<Store["listVariableHistory"]>[2]) =>
        (await store.listVariableHistory("s", "temperature", options)).items;
      const versions = async (options: Parameters<Store["listVariableHistory"]>[2]) =>
        (await list(options)).map(({ version }) => version);
      expect(await versions({ offset: 1, pageSize: 2 })).toEqual([3, 2]);
      expect(await versions({ offset: 2 ** 40 })).toEqual([]);
      const { nextPageToken = "" } = await store.listVariableHistory("s", "temperature", { pageSize: 2 });
      expect(await versions({ pageSize: 2, pageToken: nextPageToken })).toEqual([2, 1]);
      const times = (await list({})).map(({ updatedAtMs }) => updatedAtMs);
      const [, third = 0, second = 0] = times;
      expect(await versions({ sinceMs: second, untilMs: third })).toEqual([2]);
      expect(await versions({ sinceMs: third })).toEqual([4, 3]);
      expect(await versions({ optimizer: "odd" })).toEqual([3, 1]);
      expect(await list({ pageSize: 1, includeMetadata: false })).toMatchObject([{ metadata: {} }]);
    });

    test.each([{ offset: -1 }, { offset: 0.5 }, { sinceMs: Number.NaN }, { untilMs: Number.POSITIVE_INFINITY }])(
      "is not listed for %o",
      async (options) => {
        const store = await openPast(open, 1);
        await rejection(store.listVariableHistory("s", "temperature", options), "invalid_argument");
      },
    );

    test("is not listed within a time that ends before it begins", async () => {
      const store = await openPast(open, 1);
      const backwards = { sinceMs: 2, untilMs: 1 };
      await rejection(store.listVariableHistory("s", "temperature", backwards), "invalid_argument");
      await rejection(store.listCommits("s", backwards), "invalid_argument");
    });

    test("keeps large values too", async () => {
      const { store } = await openSample(open);
      const long = "x".repeat(10_000);
      await store.registerVariable("s", { name: "prompt", type: "string", value: long });
      await store.setVariable("s", "prompt", "short");
      const { items } = await store.listVariableHistory("s", "prompt");
      expect(items.map(({ value }) => value)).toEqual(["short", long]);
    });

    test("outlives the commits that made it, where those are not kept", async (context) => {
      if (historyCommits === undefined) return context.skip("this store keeps every commit");
      const store = await openPast(open, 3 * historyCommits);
      const { items } = await store.listVariableHistory("s", "temperature", { pageSize: 1000 });
      expect(items).toHaveLength(3 * historyCommits + 1);
      expect(items.at(-2)).toMatchObject({ version: 1, value: 0.1 });
    });
  });
}

function describePoints(open: OpenStore, { historyCommits }: StoreFacts): void {
  describe("the past", () => {
    test("of a variable is read by version, revision, time and label", async () => {
      const store = await openPast(open);
      const { items } = await store.listVariableHistory("s", "temperature");
      const second = items.find(({ version }) => version === 2);
      await store.setLabel("s", "good", { at: atRevision(4) });
      const points = [
        { kind: "version", version: 2 },
        atRevision(4),
        { kind: "time", atMs: second?.updatedAtMs ?? 0 },
        { kind: "label", label: "good" },
      ] as const;
      for (const point of points) {
        const then = await store.getVariableAt("s", "temperature", point);
        expect(then).toMatchObject({ value: 0.2, version: 2, revision: 4, metadata: { step: 2 } });
      }
      const now = await store.getVariable("s", "temperature");
      expect(await store.getVariableAt("s", "temperature", { kind: "version", version: 4 })).toEqual(now);
      expect(await store.getVariableAt("s", now.id, atRevision(6))).toEqual(now);
    });

    test("of a session is read whole, in pages and by glob", async () => {
      const store = await openPast(open);
      await store.registerVariable("s", { name: "top_k", type: "integer", value: 5 });
      await store.deleteVariable("s", "model");
      const then = await store.getSessionAt("s", atRevision(4));
      expect(then.items.map(({ name, value }) => [name, value])).toEqual([
        ["temperature", 0.2],
        ["model", "gpt-4"],
      ]);
      expect(then).toMatchObject({ revision: 4, atMs: then.items[0]?.updatedAtMs });
      const first = await store.getSessionAt("s", atRevision(4), { pageSize: 1 });
      const rest = await store.getSessionAt("s", atRevision(4), { pageToken: first.nextPageToken ?? "" });
      expect([...first.items, ...rest.items]).toEqual(then.items);
      expect((await store.getSessionAt("s", atRevision(4), { pattern: "m*" })).items).toHaveLength(1);
      const after = await store.getSessionAt("s", { kind: "time", atMs: then.atMs });
      expect(after.revision).toBe(4);
      expect((await store.getSessionAt("s", atRevision(8))).items.map(({ name }) => name)).toEqual([
        "temperature",
        "top_k",
      ]);
    });

    test("that never was is not found", async () => {
      const store = await openPast(open);
      const { createdAtMs } = await store.getSession("s");
      const version = { kind: "version", version: 9 } as const;
      const error = await rejection(store.getVariableAt("s", "temperature", version), "version_not_found");
      expect(error.details).toEqual({ variable: "temperature", version: 9 });
      const before = { kind: "time", atMs: createdAtMs - 60_000 } as const;
      for (const [point, id] of [
        [atRevision(0), "0"],
        [atRevision(7), "7"],
        [before, `at ${new Date(before.atMs).toISOString()}`],
      ] as const) {
        const { details } = await rejection(store.getSessionAt("s", point), "not_found");
        expect(details).toEqual({ resource: "revision", id });
      }
      const unknown = store.getSessionAt("s", { kind: "label", label: "nope" });
      expect((await rejection(unknown, "not_found")).details).toEqual({ resource: "label", id: "nope" });
      await rejection(store.getVariableAt("s", "temperature", atRevision(1)), "not_found");
    });

    test("that is not kept any more is not found", async (context) => {
      if (historyCommits === undefined) return context.skip("this store keeps every commit");
      const store = await openPast(open, 3 * historyCommits);
      await rejection(store.getSessionAt("s", atRevision(3)), "not_found");
      const version = { kind: "version", version: 1 } as const;
      await rejection(store.getVariableAt("s", "temperature", version), "version_not_found");
      const { revision } = await store.getSession("s");
      const [variable] = (await store.getSessionAt("s", atRevision(revision - 5))).items;
      expect(variable?.version).toBe(3 * historyCommits - 5);
    });
  });
}

function describeDifferences(open: OpenStore): void {
  test("what differs between two points is told in both directions", async () => {
    const store = await openPast(open, 1);
    await store.registerVariable("s", { name: "top_k", type: "integer", value: 5 });
    await store.deleteVariable("s", "model");
    await store.updateVariable("s", "top_k", { description: "how many" });
    const kinds = async (before: number, after?: number) => {
      const range = { before: atRevision(before), ...(after !== undefined && { after: atRevision(after) }) };
      const page = await store.diffRevisions("s", range);
      return page.items.map(({ kind, before: one, after: other }) => `${kind} ${one?.name}/${other?.name}`);
    };
    expect(await kinds(2)).toEqual([
      "deleted model/undefined",
      "updated temperature/temperature",
      "registered undefined/top_k",
    ]);
    expect(await kinds(6, 2)).toEqual([
      "registered undefined/model",
      "updated temperature/temperature",
      "deleted top_k/undefined",
    ]);
    expect(await kinds(5, 6)).toEqual(["changed top_k/top_k"]);
    expect(await kinds(6, 6)).toEqual([]);
    const page = await store.diffRevisions("s", { before: atRevision(2) }, { pattern: "t*", pageSize: 1 });
    expect(page).toMatchObject({ beforeRevision: 2, afterRevision: 6 });
    expect(page.items[0]).toMatchObject({ before: { value: 0.7 }, after: { value: 0.1 } });
    const rest = await store.diffRevisions(
      "s",
      { before: atRevision(2) },
      { pattern: "t*", pageToken: page.nextPageToken ?? "" },
    );
    expect(rest.items.map(({ kind }) => kind)).toEqual(["registered"]);
  });
}

function describeCommits(open: OpenStore): void {
  test("commits are listed newest first, with what they did", async () => {
    const store = await openPast(open, 2);
    await store.setVariables("s", { temperature: 1, model: "claude-3" }, { actor: "ada", requestId: "r-1" });
    await store.setLabel("s", "good", { at: atRevision(5) });
    const { items, nextPageToken } = await store.listCommits("s");
    expect(items.map(({ revision }) => revision)).toEqual([6, 5, 4, 3, 2, 1]);
    expect(nextPageToken).toBeUndefined();
    expect(items[1]).toMatchObject({
      actor: "ada",
      origin: "typescript",
      events: ["variable-set", "variable-set"],
      requestId: "r-1",
      labels: ["good"],
    });
    expect(items[1]?.changes.map(({ name, version, value }) => [name, version, value])).toEqual([
      ["temperature", 3, null],
      ["model", 1, null],
    ]);
    expect(items[0]).toMatchObject({ events: ["label-set"], changes: [], labels: [] });
    const [full] = (await store.listCommits("s", { actor: "ada", includeValues: true })).items;
    expect(full?.changes[0]).toMatchObject({ value: 1, oldValue: 0.2 });
    const revisions = async (options: Parameters<Store["listCommits"]>[1]) =>
      (await store.listCommits("s", options)).items.map(({ revision }) => revision);
    expect(await revisions({ variable: "model" })).toEqual([5, 2]);
    const [, , fourth, third] = items;
    expect(await revisions({ sinceMs: third?.atMs ?? 0, untilMs: fourth?.atMs ?? 0 })).toEqual([3]);
    const first = await store.listCommits("s", { pageSize: 2 });
    expect(await revisions({ pageSize: 2, pageToken: first.nextPageToken ?? "" })).toEqual([4, 3]);
    await rejection(store.listCommits("s", { pageSize: 0 }), "invalid_argument");
  });
}
