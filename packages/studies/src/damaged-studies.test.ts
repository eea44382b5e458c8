import { createTypeRegistry } from "@trimtab/core";
import { createMemoryLog, LogError } from "@trimtab/log";
import { createStore } from "@trimtab/store";
import { builtinTypes } from "@trimtab/types";
import { expect, onTestFinished, test } from "vitest";
import { createStudies, type StudyEntry } from "./index.ts";

const types = createTypeRegistry(builtinTypes);

/** Studies a, b and c of a session, of which any can be made unreadable. */
async function open() {
  const store = createStore({ types });
  const memory = createMemoryLog<StudyEntry>();
  const failures = new Map<string, LogError>();
  const log: typeof memory = {
    ...memory,
    async read(stream, after, limit) {
      const failure = failures.get(stream);
      if (failure !== undefined && after < 1 && (await memory.read(stream, 0)).kind === "entries") throw failure;
      return memory.read(stream, after, limit);
    },
  };
  await store.createSession({ id: "s" });
  await store.registerVariable("s", { name: "x", type: "float", value: 1, constraints: { min: 0, max: 9 } });
  const opened = (told: unknown[] = []) => {
    const studies = createStudies({ store, log, types, shared: false, onDamage: (error) => told.push(error) });
    onTestFinished(() => studies.close());
    return studies.of(store);
  };
  const first = opened();
  for (const id of ["a", "b", "c"]) await first.createStudy("s", { id, variables: ["x"] });
  onTestFinished(() => store.close());
  return { opened, failures, store, log };
}

const sealed = new LogError("unsupported", "what is stored was sealed with key old", { key: "old" });

test("a study that cannot be read keeps no other from being listed or created, and is told of once", async () => {
  const { opened, failures } = await open();
  failures.set("s/b", new LogError("damaged", "entry 1 is not what was stored"));
  const told: unknown[] = [];
  const studies = opened(told);
  for (let i = 0; i < 2; i++) expect((await studies.listStudies("s")).items.map(({ id }) => id)).toEqual(["a", "c"]);
  await studies.createStudy("s", { id: "d", variables: ["x"] });
  expect(told).toMatchObject([{ message: expect.stringContaining("study b of session s is not listed: ") }]);
  await expect(studies.getStudy("s", "b")).rejects.toMatchObject({ reason: "data_loss", details: { session: "s" } });
});

test("a stranger is told of a study that cannot be read what it is told of one that is not there", async () => {
  const { opened, failures, store } = await open();
  failures.set("s/b", sealed);
  await store.createSession({ id: "t" });
  const studies = opened();
  const told = (ref: string) => studies.getStudy("t", `s/${ref}`).catch((error: Error) => error.message);
  expect((await told("b")).toString()).toBe((await told("none")).toString().replace("none", "b"));
});

test("a study that cannot be read is deleted by its session alone, and its name is free again", async () => {
  const { opened, failures, store, log } = await open();
  failures.set("s/b", sealed);
  await store.createSession({ id: "t" });
  const studies = opened();
  await expect(studies.deleteStudy("t", "s/b")).rejects.toMatchObject({ reason: "access_denied" });
  await studies.deleteStudy("s", "b", { actor: "operator" });
  await expect(studies.getStudy("s", "b")).rejects.toMatchObject({ reason: "not_found" });
  expect(await log.read("s/b", 0)).toEqual({ kind: "trimmed", through: 2 });
  await studies.createStudy("s", { id: "b", variables: ["x"] });
  expect((await opened().listStudies("s")).items.map(({ id }) => id)).toEqual(["a", "b", "c"]);
});

test("studies whose key is missing are refused by its name, told of once, and are there again with it", async () => {
  const { opened, failures } = await open();
  for (const id of ["a", "b"]) failures.set(`s/${id}`, sealed);
  const told: unknown[] = [];
  const studies = opened(told);
  expect((await studies.listStudies("s")).items.map(({ id }) => id)).toEqual(["c"]);
  expect(told).toHaveLength(1);
  const missing = { reason: "data_loss", details: { session: "s", key: "old" } };
  await expect(studies.getStudy("s", "a")).rejects.toMatchObject(missing);
  await expect(studies.createStudy("s", { id: "b", variables: ["x"] })).rejects.toMatchObject(missing);
  failures.clear();
  expect((await studies.listStudies("s")).items.map(({ id }) => id)).toEqual(["a", "b", "c"]);
});
