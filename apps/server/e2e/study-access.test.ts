import { createConnectTransport } from "@connectrpc/connect-node";
import { createStoreClient, createStudyClient } from "@trimtab/client";
import type { Permission, StudyStore } from "@trimtab/core";
import { principalKey } from "@trimtab/transport-connect";
import { afterEach, expect, test } from "vitest";
import type { RunningServer } from "../src/start-server.ts";
import { openServer } from "./open-server.ts";

const opened: RunningServer[] = [];
afterEach(async () => {
  for (const server of opened.splice(0)) await server.close();
});

/** A study of the session `owner`, on whose variables `guest` has these permissions, as both see it. */
async function openShared(permissions: readonly Permission[]) {
  const server = await openServer(
    {},
    {
      requestGate: ({ requestHeader, values }) => {
        const name = requestHeader.get("x-name") ?? "";
        values.set(principalKey, { id: name, sessions: [name] });
      },
    },
  );
  opened.push(server);
  for (const id of ["owner", "guest"]) await server.store.createSession({ id });
  const constraints = { min: 0, max: 10 };
  const accessRules = permissions.length === 0 ? [] : [{ sessionPattern: "guest", permissions }];
  const specs = ["x", "y"].map((name) => ({ name, type: "float", value: 5, constraints, accessRules }));
  await server.store.registerVariables("owner", specs);
  const as = (name: string) => {
    const transport = createConnectTransport({
      baseUrl: server.url,
      httpVersion: "2",
      interceptors: [
        (next) => (request) => {
          request.header.set("x-name", name);
          return next(request);
        },
      ],
    });
    return { store: createStoreClient(transport), studies: createStudyClient(transport) };
  };
  const owner = as("owner");
  await owner.studies.createStudy("owner", { id: "one", variables: ["x", "y"], seed: 1 });
  return { server, owner, guest: as("guest") };
}

const reasonOf = (call: Promise<unknown>) =>
  call.then(
    () => "done",
    (error: { reason?: string }) => error.reason ?? error,
  );

/** Every method of studies, called for the study `owner/one` and its first trial. */
const calls = (studies: StudyStore): Readonly<Record<string, () => Promise<unknown>>> => {
  const one = ["guest", "owner/one"] as const;
  return {
    getStudy: () => studies.getStudy(...one),
    updateStudy: () => studies.updateStudy(...one, { metadata: { by: "guest" } }),
    changeBounds: () => studies.changeBounds(...one, { x: { min: 1, max: 2 } }),
    enqueueTrial: () => studies.enqueueTrial(...one, { x: 1.5 }),
    askTrials: () => studies.askTrials(...one, { clientId: "g", count: 2 }),
    reportIntermediateValue: () => studies.reportIntermediateValue(...one, { number: 0, step: 0, value: 1 }),
    renewTrial: () => studies.renewTrial(...one, 0),
    getTrial: () => studies.getTrial(...one, 0),
    tellTrial: () => studies.tellTrial(...one, { number: 0, values: [1] }),
    tellTrials: () => studies.tellTrials(...one, [{ number: 0, values: [1] }]),
    failTrial: () => studies.failTrial(...one, 1),
    listTrials: () => studies.listTrials(...one),
    getBestTrial: () => studies.getBestTrial(...one),
    listParetoTrials: () => studies.listParetoTrials(...one),
    watchStudy: async () => {
      for await (const _ of studies.watchStudy(...one)) return;
    },
    rollbackStudy: () => studies.rollbackStudy(...one),
    deleteStudy: () => studies.deleteStudy(...one),
  };
};

test("whoever may optimize all of a study's variables may do with it what its session may", async () => {
  const { guest } = await openShared(["optimize"]);
  for (const [name, call] of Object.entries(calls(guest.studies)))
    expect([name, await reasonOf(call())]).toEqual([name, "done"]);
});

test.each([[[]], [["read"]], [["write", "observe"]]] as const)(
  "with the permissions %j a study may not even be looked at, nor told from one that is not there",
  async (permissions) => {
    const { guest, server } = await openShared(permissions);
    for (const [name, call] of Object.entries(calls(guest.studies))) {
      expect([name, await reasonOf(call())]).toEqual([name, "access_denied"]);
    }
    const message = (call: Promise<unknown>) => call.then(String, (error: Error) => error.message);
    const there = await message(guest.studies.getStudy("guest", "owner/one"));
    expect((await message(guest.studies.getStudy("guest", "owner/two"))).replace("owner/two", "owner/one")).toBe(there);
    expect((await message(guest.studies.getStudy("guest", "no/one"))).replace("no/one", "owner/one")).toBe(there);
    expect((await server.store.getVariable("owner", "x")).value).toBe(5);
  },
);

test("reading through a trial takes reading, and applying takes writing", async () => {
  const trial = { parameters: { x: 1, y: 2 } };
  for (const [permissions, read, applied] of [
    [["optimize"], "access_denied", "access_denied"],
    [["optimize", "read"], "done", "access_denied"],
    [["optimize", "write"], "access_denied", "done"],
  ] as const) {
    const { owner, guest } = await openShared(permissions);
    await guest.studies.askTrials("guest", "owner/one", trial);
    await guest.studies.tellTrial("guest", "owner/one", { number: 0, values: [1] });
    expect(await reasonOf(guest.studies.getTrialVariables("guest", "owner/one", 0))).toBe(read);
    expect(await reasonOf(guest.studies.applyTrial("guest", "owner/one"))).toBe(applied);
    expect((await owner.store.getVariable("owner", "x")).value).toBe(applied === "done" ? 1 : 5);
    if (applied === "done") await guest.studies.rollbackStudy("guest", "owner/one");
    expect((await owner.store.getVariable("owner", "x")).value).toBe(5);
  }
});

test("a study of another session's variables belongs to that one", async () => {
  const { owner, guest } = await openShared(["optimize"]);
  const made = await guest.studies.createStudy("guest", { id: "two", variables: ["owner/x"] });
  expect([made.session, made.createdBy]).toEqual(["owner", "guest"]);
  expect((await owner.studies.listStudies("owner")).items.map(({ id }) => id)).toEqual(["one", "two"]);
  expect((await guest.studies.listStudies("guest")).items).toEqual([]);
  expect(await reasonOf(guest.studies.listStudies("owner"))).toBe("access_denied");
  expect(await reasonOf(guest.studies.createStudy("guest", { variables: ["owner/x", "own"] }))).toBe(
    "invalid_argument",
  );
});
