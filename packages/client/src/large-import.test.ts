import type { VariableExport } from "@trimtab/core";
import { expect, test } from "vitest";
import { openRemote } from "./test-parts/open-remote.ts";

const value = "x".repeat(1_500_000);

async function openLarge(options: Parameters<typeof openRemote>[0] = {}) {
  const opened = await openRemote(options);
  await opened.local.createSession({ id: "t" });
  const specs = ["a", "b", "c"].map((name) => ({ name, type: "string", value }));
  await opened.local.registerVariables("s", specs);
  const data: VariableExport = await opened.remote.exportVariables("s");
  return { ...opened, data };
}

test("what is larger than a message is uploaded in pieces, and taken in in one commit", async () => {
  const { local, remote, data, sent } = await openLarge();
  const before = sent();
  const summary = await remote.importVariables("t", data, { actor: "ada", requestId: "r" });
  expect(summary).toMatchObject({ session: "t", revision: 2, created: 3 });
  // A start, five pieces, and the end.
  expect(sent() - before).toBe(7);
  const [variable] = (await local.exportVariables("t")).variables;
  expect(variable).toMatchObject({ value, updatedBy: data.variables[0]?.updatedBy });
  expect((await local.listCommits("t")).items[0]).toMatchObject({ actor: "ada", revision: 2 });
});

test("an upload that is refused leaves nothing behind", async () => {
  const { local, remote, data } = await openLarge({ routes: { uploads: { perSession: 1 } } });
  await local.registerVariable("t", { name: "b", type: "float", value: 1 });
  for (let attempt = 0; attempt < 2; attempt++) {
    await expect(remote.importVariables("t", data)).rejects.toMatchObject({ reason: "invalid_type" });
  }
  expect((await local.listVariables("t")).items.map(({ name }) => name)).toEqual(["b"]);
});

test("what the server has no room for is refused before it is sent", async () => {
  const { remote, data, sent } = await openLarge({ routes: { uploads: { fileBytes: 4_000_000 } } });
  const before = sent();
  await expect(remote.importVariables("t", data)).rejects.toMatchObject({
    reason: "limit_exceeded",
    details: { field: "sizeBytes", limit: 4_000_000 },
  });
  expect(sent() - before).toBe(1);
  await expect(remote.importVariables("nowhere", data)).rejects.toMatchObject({ reason: "session_not_found" });
});
