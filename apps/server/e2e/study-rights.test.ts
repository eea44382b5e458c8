import { createAccessControl } from "@trimtab/access-control";
import { createTypeRegistry, isStoreError, type Permission, storeError } from "@trimtab/core";
import { cel } from "@trimtab/expressions";
import { type CommitLog, createEncodedLog, createMemoryLog } from "@trimtab/log";
import { createStore } from "@trimtab/store";
import { createStudies, studyCodec } from "@trimtab/studies";
import { builtinTypes } from "@trimtab/types";
import { expect, onTestFinished, test } from "vitest";

const types = createTypeRegistry(builtinTypes);

/** A study of `owner`, which has a complete trial, as `guest` sees it; processes over its log may die. */
async function openShared(permissions: readonly Permission[]) {
  const store = createStore({ types, expressions: cel, access: createAccessControl({ expressions: cel }) });
  onTestFinished(() => store.close());
  for (const id of ["owner", "guest"]) await store.createSession({ id });
  const constraints = { min: 0, max: 10 };
  const accessRules = [{ sessionPattern: "guest", permissions }];
  await store.registerVariables("owner", [
    ...["x", "y"].map((name) => ({ name, type: "float", value: 5, constraints, accessRules })),
    { name: "hidden", type: "float", value: 7, constraints },
  ]);
  const bytes = createMemoryLog();
  const guest = store.as({ id: "bob", sessions: ["guest"] });
  const open = (log: CommitLog = bytes) => {
    const studies = createStudies({ store, log: createEncodedLog(log, studyCodec), types });
    onTestFinished(() => studies.close());
    return { own: studies.of(store), guests: studies.of(guest) };
  };
  const { own, guests } = open();
  await own.createStudy("owner", { id: "one", variables: ["x", "y"], seed: 1 });
  await own.askTrials("owner", "one", { parameters: { x: 1, y: 2 } });
  await own.tellTrial("owner", "one", { number: 0, values: [1] });
  return { store, own, guests, open, bytes };
}

const reasonOf = (call: Promise<unknown>) =>
  call.then(
    () => "done",
    (error: unknown) => (isStoreError(error) ? error.reason : error),
  );

test("who may not write applies nothing, however often at once", async () => {
  const { store, guests } = await openShared(["optimize"]);
  const calls = Array.from({ length: 10 }, () => guests.applyTrial("guest", "owner/one"));
  expect(new Set(await Promise.all(calls.map(reasonOf)))).toEqual(new Set(["access_denied"]));
  expect((await store.getVariable("owner", "x")).value).toBe(5);
});

test("what another session applied is known to have been where its process died before it could note that", async () => {
  const { store, guests, own, open, bytes } = await openShared(["optimize", "write"]);
  let appends = 0;
  const dying: CommitLog = {
    ...bytes,
    append: (...entries) => {
      if (appends++ === 0) return bytes.append(...entries);
      throw storeError("unavailable", "the process is gone", {});
    },
  };
  expect(await reasonOf(open(dying).guests.applyTrial("guest", "owner/one"))).toBe("unavailable");
  expect((await store.getVariable("owner", "x")).value).toBe(1);
  await guests.rollbackStudy("guest", "owner/one");
  expect((await store.getVariable("owner", "x")).value).toBe(5);
  expect((await own.getStudy("owner", "one")).appliedTrial).toBeUndefined();
});

test("a study that searches more than a caller may know is not shown to who would create it", async () => {
  const { own, guests } = await openShared(["optimize"]);
  await own.createStudy("owner", { id: "two", variables: ["x", "hidden"] });
  const wanted = { id: "two", variables: ["owner/x"] };
  expect(await reasonOf(guests.createStudy("guest", wanted, { ifExists: "keep" }))).toBe("access_denied");
  const kept = await guests.createStudy("guest", { ...wanted, id: "one" }, { ifExists: "keep" });
  expect(kept.variables.map(({ name }) => name)).toEqual(["x", "y"]);
});

test("a rule that refuses a trial tells callers of other sessions nothing of itself", async () => {
  const { store, own, guests } = await openShared(["optimize", "read"]);
  await guests.askTrials("guest", "owner/one", { parameters: { x: 9, y: 9 } });
  const message = "the secret budget";
  await store.putRule("owner", { name: "budget", expression: "x < hidden", message });
  const told: unknown[] = [];
  const hear = (call: Promise<unknown>) => call.catch((error: unknown) => told.push(error));
  await hear(guests.askTrials("guest", "owner/one", { parameters: { x: 8, y: 8 } }));
  await hear(guests.getTrialVariables("guest", "owner/one", 1));
  await guests.enqueueTrial("guest", "owner/one", { x: 9, y: 9 });
  await guests.askTrials("guest", "owner/one", {});
  told.push((await guests.getTrial("guest", "owner/one", 2)).cause);
  expect(told).toMatchObject([{ reason: "rule_violation" }, { reason: "rule_violation" }, expect.any(String)]);
  const words = told.map((each) => (isStoreError(each) ? `${each.message} ${JSON.stringify(each.details)}` : each));
  expect(words.join()).not.toMatch(/budget|hidden/);
  await expect(own.getTrialVariables("owner", "one", 1)).rejects.toThrow(message);
});

test("what is suggested tells nothing of present values to who may not read them", async () => {
  const { store, own, guests } = await openShared(["optimize"]);
  // Nothing is found by chance that this allows, but from the present values on it is.
  await store.putRule("owner", { name: "sum", expression: "x + y == 10.0" });
  expect(await reasonOf(guests.askTrials("guest", "owner/one", {}))).toBe("rule_violation");
  expect((await own.askTrials("owner", "one", {})).trials).toHaveLength(1);
});

test("requests of different sessions never answer each other", async () => {
  const { own, guests } = await openShared(["optimize", "write"]);
  const same = { requestId: "1" };
  const first = await own.enqueueTrial("owner", "one", { x: 3, y: 3 }, same);
  const second = await guests.enqueueTrial("guest", "owner/one", { x: 4, y: 4 }, same);
  expect(second.number).not.toBe(first.number);
  expect((await guests.enqueueTrial("guest", "owner/one", { x: 4, y: 4 }, same)).number).toBe(second.number);
  for (const [value, { number }] of [first, second].entries()) {
    await own.askTrials("owner", "one", { count: 3 });
    await own.tellTrial("owner", "one", { number, values: [value] });
  }
  const applied = { requestId: "2" };
  await own.applyTrial("owner", "one", { ...applied, number: first.number });
  expect((await guests.applyTrial("guest", "owner/one", { ...applied, number: second.number })).trial).toMatchObject({
    number: second.number,
  });
});

test("a watch of a study tells nothing more once its variables may not be optimized any more", async () => {
  const { store, own, guests } = await openShared(["optimize"]);
  const watch = guests.watchStudy("guest", "owner/one")[Symbol.asyncIterator]();
  expect((await watch.next()).value).toMatchObject({ kind: "snapshot" });
  await own.enqueueTrial("owner", "one", { x: 3, y: 3 });
  expect((await watch.next()).value).toMatchObject({ kind: "changes" });
  await own.enqueueTrial("owner", "one", { x: 4, y: 4 });
  await store.setVariablePermissions("owner", "y", []);
  expect(await reasonOf(watch.next())).toBe("access_denied");
});
