import { createClient } from "@connectrpc/connect";
import { createStoreClient, createStudyClient } from "@trimtab/client";
import { describeStudies } from "@trimtab/core/conformance";
import { StudyService } from "@trimtab/wire/services";
import { expect, onTestFinished, test } from "vitest";
import { openServer, transports } from "./open-server.ts";

for (const [name, createTransport] of Object.entries(transports)) {
  describeStudies(name, async () => {
    const server = await openServer({ bookmarkIntervalMs: 20 });
    const transport = createTransport(server.url);
    return { store: createStoreClient(transport), studies: createStudyClient(transport), close: () => server.close() };
  });
}

test("a sampler without a name is the usual one, of its config, and a config of no pruner is refused", async () => {
  const server = await openServer();
  onTestFinished(() => server.close());
  await server.store.createSession({ id: "s" });
  await server.store.registerVariable("s", { name: "x", type: "float", value: 1, constraints: { min: 0, max: 2 } });
  const createTransport = transports["Connect, JSON, HTTP/1.1"] ?? expect.fail("there is such a transport");
  const client = createClient(StudyService, createTransport(server.url));
  const study = { sessionId: "s", variables: ["x"] };
  const number = (value: number) => ({ kind: { case: "integer", value: BigInt(value) } }) as const;
  const made = await client.createStudy({ ...study, sampler: { config: { startupTrials: number(3) } } });
  expect(made.study?.sampler).toMatchObject({ name: "tpe", config: { startupTrials: { kind: { value: 3 } } } });
  await expect(client.createStudy({ ...study, pruner: { config: { a: number(1) } } })).rejects.toThrow(
    "pruner.name is required",
  );
  await expect(client.createStudy({ ...study, sampler: { config: { a: number(1) } } })).rejects.toThrow("sampler");
  expect((await client.createStudy({ ...study, sampler: {}, pruner: {} })).study?.pruner).toBeUndefined();
});
