import { createRouterTransport } from "@connectrpc/connect";
import { isStoreError, type Store, type WatchEvent } from "@trimtab/core";
import { createRoutes } from "@trimtab/transport-connect";
import { describe, expect, onTestFinished, test } from "vitest";
import { createStoreClient } from "./create-store-client.ts";
import { createJudgedStore } from "./test-parts/open-remote.ts";

/** A guest's store in process, and the same over a transport, beside the store whose session `owner` shares variables. */
async function openGuest() {
  const local = createJudgedStore();
  onTestFinished(() => local.close());
  for (const id of ["owner", "guest"]) await local.createSession({ id });
  const accessRules = [{ sessionPattern: "guest", permissions: ["read", "write", "observe"] }] as const;
  for (const name of ["x", "y"]) {
    await local.registerVariable("owner", { name, type: "float", value: 1, accessRules });
  }
  await local.registerVariable("owner", { name: "secret", type: "float", value: 7 });
  const seen = local.as({ id: "bob", sessions: ["guest"] });
  const remote = createStoreClient(createRouterTransport(createRoutes({ store: local, storeFor: () => seen })));
  return { local, seen, remote };
}

/** An answer, or what the error says. */
const outcomeOf = async (call: Promise<unknown>): Promise<unknown> =>
  call.catch((error: unknown) => (isStoreError(error) ? { ...error.toRefusal(), code: error.code } : error));

const calls: [string, (store: Store) => Promise<unknown>][] = [
  ["a read", (store) => store.getVariable("guest", "owner/x")],
  ["a read that is denied", (store) => store.getVariable("guest", "owner/secret")],
  ["several reads", (store) => store.getVariables("guest", ["owner/x", "owner/secret", "owner/absent"])],
  [
    "reads that are all denied, with what is between them",
    (store) => store.getVariables("guest", ["owner/secret"], { includeDependencies: true }),
  ],
  ["a write that is denied", (store) => store.setVariable("guest", "owner/secret", 1)],
  ["a batch that is denied", (store) => store.setVariables("guest", { "owner/x": 2, "owner/secret": 3 })],
  ["a batch over two sessions", (store) => store.setVariables("guest", { "owner/x": 2, mine: 3 })],
  ["a history", (store) => store.listVariableHistory("guest", "owner/x")],
  ["the present, by a time ahead", (store) => store.getVariableAt("guest", "owner/x", { kind: "time", atMs: 8e12 })],
  ["another's session", (store) => store.getSession("owner")],
  ["another's rules", (store) => store.getVariablePermissions("guest", "owner/x")],
  ["what may be reached", (store) => store.listAccessible("guest")],
];

describe("variables of another session, over a transport", () => {
  test.each(calls)("%s is answered as in process", async (_, call) => {
    const { seen, remote } = await openGuest();
    expect(await outcomeOf(call(remote))).toEqual(await outcomeOf(call(seen)));
  });

  test("are found by every ref that means them, one's own with and without its session", async () => {
    const { local, seen, remote } = await openGuest();
    await local.registerVariable("guest", { name: "own", type: "float", value: 1 });
    const refs = ["own", "none", "guest/own", "guest/none"];
    for (const store of [seen, remote]) {
      const { found, missing } = await store.getVariables("guest", refs);
      expect([[...found.keys()].sort(), missing]).toEqual([
        ["guest/own", "own"],
        ["none", "guest/none"],
      ]);
    }
  });

  test("come with what is between those that may be read", async () => {
    const { local, seen, remote } = await openGuest();
    for (const dependsOn of ["secret", "x"]) await local.addDependency("owner", { variable: "y", dependsOn });
    for (const store of [seen, remote]) {
      const refs = ["owner/x", "owner/y", "owner/secret"];
      const { dependencies } = await store.getVariables("guest", refs, { includeDependencies: true });
      expect([...(dependencies ?? [])].map(([ref, found]) => [ref, found.map((each) => each.dependsOnName)])).toEqual([
        ["owner/x", []],
        ["owner/y", ["x"]],
      ]);
    }
  });

  test("are written to with receipts of the session that they belong to", async () => {
    const { remote } = await openGuest();
    expect(await remote.setVariable("guest", "owner/x", 2)).toMatchObject({
      session: "owner",
      revision: 5,
      version: 1,
    });
    const batch = await remote.setVariables("guest", { "owner/x": 3, "owner/y": 3 });
    expect(batch).toMatchObject({ session: "owner", revision: 6 });
    expect([...batch.applied].map(([ref, { session }]) => [ref, session])).toEqual([
      ["owner/x", "owner"],
      ["owner/y", "owner"],
    ]);
    const back = await remote.rollbackVariable("guest", "owner/x", { kind: "version", version: 0 });
    expect(back).toMatchObject({ session: "owner", written: { session: "owner", version: 3 } });
    const edge = await remote.addDependency("guest", { variable: "owner/x", dependsOn: "owner/y" });
    expect(edge).toMatchObject({ session: "owner", dependency: { variableName: "x", dependsOnName: "y" } });
    expect(await remote.deleteVariable("guest", "owner/x")).toMatchObject({ session: "owner" });
  });

  test("are watched until their rules say otherwise, and again from when they allow it", async () => {
    const { local, remote } = await openGuest();
    const watch = remote.watch("guest", { refs: ["owner/x"] })[Symbol.asyncIterator]();
    const tell = async (): Promise<WatchEvent> => {
      const { value } = await watch.next();
      return value.kind === "bookmark" ? tell() : value;
    };
    expect(await tell()).toMatchObject({ kind: "snapshot", variables: [{ name: "x", value: 1 }] });
    await local.setVariable("owner", "x", 2);
    expect(await tell()).toMatchObject({ kind: "changes", changes: [{ value: 2 }] });
    await local.setVariablePermissions("owner", "x", []);
    expect(await tell()).toMatchObject({ kind: "reset", cause: "access_changed", variables: [] });
    await local.setVariable("owner", "x", 3);
    await local.setVariablePermissions("owner", "x", [{ sessionPattern: "guest", permissions: ["observe"] }]);
    expect(await tell()).toMatchObject({ kind: "reset", cause: "access_changed", variables: [{ value: 3 }] });
    await watch.return?.();
  });

  test("tell nothing of the rules for the session, which its own watches are told", async () => {
    const { local, remote } = await openGuest();
    const own = createStoreClient(createRouterTransport(createRoutes({ store: local })));
    const options = { sessionPermissions: true } as const;
    const watches = [
      remote.watch("guest", { refs: ["owner/x"] }, options)[Symbol.asyncIterator](),
      own.watch("owner", { refs: ["x"] }, options)[Symbol.asyncIterator](),
    ];
    for (const watch of watches) await watch.next();
    const rules = [{ sessionPattern: "guest", permissions: ["read", "observe"] }] as const;
    const { permissions } = await local.setSessionPermissions("owner", rules, { actor: "ada" });
    const tell = async (watch: AsyncIterator<WatchEvent> | undefined): Promise<WatchEvent> => {
      const { value } = (await watch?.next()) ?? expect.fail();
      return value.kind === "bookmark" ? tell(watch) : value;
    };
    const [foreign, told] = await Promise.all(watches.map(tell));
    expect(told).toMatchObject({ kind: "changes", actor: "ada", changes: [], sessionPermissions: permissions });
    expect(foreign).toMatchObject({ kind: "reset", cause: "access_changed" });
    for (const watch of watches) await watch.return?.();
  });
});
