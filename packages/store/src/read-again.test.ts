import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Store } from "@trimtab/core";
import { hostileInputs } from "@trimtab/core/conformance";
import { createEncodedLog } from "@trimtab/log";
import { openSqliteLog } from "@trimtab/log-sqlite";
import { builtinTypes } from "@trimtab/types";
import { decodeCommit, encodeCommitParts } from "@trimtab/wire/log";
import { expect, onTestFinished, test } from "vitest";
import { createStore } from "./create-store.ts";

async function openFolder(directory: string) {
  const disk = await openSqliteLog({ directory });
  const log = createEncodedLog(disk.log, { encode: encodeCommitParts, decode: decodeCommit });
  const store = createStore({ types: builtinTypes, log, shared: false });
  return { store, close: () => store.close().then(disk.close) };
}

/** Writes of a caller's own data, in all places that take some. */
const writes: ((store: Store, session: string, input: never) => Promise<unknown>)[] = [
  (store, s, input) => store.updateSession(s, { metadata: { input } }),
  (store, s, input) => store.setVariable(s, "a", 2, { metadata: { input } }),
  (store, s, input) => store.updateVariable(s, "b", { metadata: { input } }),
  (store, s, input) => store.putProgram(s, "p", { input }),
  (store, s, input) => store.putConfigurationSpace(s, { name: "space", variables: ["a"], metadata: { input } }),
  (store, s, input) => store.addDependency(s, { variable: "a", dependsOn: "b", metadata: { input } }),
  (store, s, input) => store.startOptimization(s, ["b"], { optimizer: "o", config: { input } }),
  (store, s, conditions) =>
    store.setSessionPermissions(s, [{ sessionPattern: "*", permissions: ["read"], conditions }]),
  ...builtinTypes.map(
    ({ name: type }) =>
      (store: Store, s: string, value: never) =>
        store.registerVariable(s, { name: `a-${type}`, type, value }),
  ),
];

const told = async (store: Store, session: string) => ({
  metadata: (await store.getSession(session)).metadata,
  variables: (await store.listVariables(session)).items,
  programs: (await store.listPrograms(session)).items,
  spaces: (await store.listConfigurationSpaces(session)).items,
  dependencies: (await store.listDependencies(session)).items,
  optimizations: (await store.listOptimizations(session)).items,
  permissions: await store.getSessionPermissions(session),
});

test("whatever is written is refused, or read again from disk as it was", async () => {
  const directory = mkdtempSync(join(tmpdir(), "trimtab-store-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const first = await openFolder(directory);
  const before = new Map<string, unknown>();
  for (const [name, input] of hostileInputs()) {
    await first.store.createSession({ id: name });
    await first.store.registerVariables(name, [
      { name: "a", type: "float", value: 1 },
      { name: "b", type: "float", value: 1 },
    ]);
    for (const write of writes) await write(first.store, name, input as never).catch(() => {});
    before.set(name, await told(first.store, name));
  }
  await first.close();
  const second = await openFolder(directory);
  for (const [name, was] of before) expect(await told(second.store, name), name).toStrictEqual(was);
  await second.close();
});
