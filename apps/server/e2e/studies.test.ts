import { Code, createClient } from "@connectrpc/connect";
import { createStoreClient, createStudyClient } from "@trimtab/client";
import { createTypeRegistry, type StudyStore } from "@trimtab/core";
import { describeStudies, describeStudyArguments } from "@trimtab/core/conformance";
import { createEncodedLog, createMemoryLog } from "@trimtab/log";
import { createStudies, studyCodec } from "@trimtab/studies";
import { builtinTypes } from "@trimtab/types";
import { StudyService } from "@trimtab/wire/services";
import { expect, onTestFinished, test } from "vitest";
import { openServer, transports } from "./open-server.ts";

for (const [name, createTransport] of Object.entries(transports)) {
  const open = async () => {
    const server = await openServer({ bookmarkIntervalMs: 20 });
    const transport = createTransport(server.url);
    return { store: createStoreClient(transport), studies: createStudyClient(transport), close: () => server.close() };
  };
  describeStudies(name, open);
  // Two encodings, one protocol each.
  if (name === "Connect, JSON, HTTP/1.1" || name === "gRPC") describeStudyArguments(name, open);
}

/** The service of studies of a server with a session `s`, in which there is a variable `x` to search. */
async function openStudyService() {
  const server = await openServer();
  onTestFinished(() => server.close());
  await server.store.createSession({ id: "s" });
  await server.store.registerVariable("s", { name: "x", type: "float", value: 1, constraints: { min: 0, max: 2 } });
  const createTransport = transports["Connect, JSON, HTTP/1.1"] ?? expect.fail("there is such a transport");
  return createClient(StudyService, createTransport(server.url));
}

test("a sampler without a name is the usual one, of its config, and a config of no pruner is refused", async () => {
  const client = await openStudyService();
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

test("what a context says of a write to the session is refused where a call makes none", async () => {
  const client = await openStudyService();
  const study = { sessionId: "s", studyId: "one", variables: ["x"] };
  const metadata = { why: { kind: { case: "string", value: "x" } } } as const;
  for (const [field, context] of [
    ["context.metadata", { metadata }],
    ["context.optimization_id", { optimizationId: "opt_1", fencingToken: 1n }],
    ["context.fencing_token", { fencingToken: 1n }],
  ] as const) {
    const refused = { code: Code.Unimplemented, rawMessage: expect.stringContaining(`${field} is not supported`) };
    for (const call of [
      client.createStudy({ ...study, context }),
      client.updateStudy({ ...study, context, updateMask: { paths: ["metadata"] } }),
      client.updateStudySpace({ ...study, context }),
      client.deleteStudy({ ...study, context }),
      client.enqueueTrial({ ...study, context }),
      client.askTrials({ ...study, context }),
      client.tellTrial({ ...study, context, result: { values: [1] } }),
      client.batchTellTrials({ ...study, context, results: [{ values: [1] }] }),
      client.reportIntermediateValue({ ...study, context, value: 1 }),
      client.failTrial({ ...study, context }),
      client.renewTrial({ ...study, context }),
    ]) {
      await expect(call).rejects.toMatchObject(refused);
    }
  }
  await client.createStudy({ ...study, context: { requestId: "once" } });
  await client.deleteStudy({ ...study, context: { requestId: "twice" } });
});

test("what a Gaussian process suggests, whose kernels another thread fits, is what it suggests in one thread", async () => {
  const server = await openServer();
  onTestFinished(() => server.close());
  const { store } = server;
  await store.createSession({ id: "s" });
  await store.registerVariable("s", { name: "x", type: "float", value: 1, constraints: { min: 0, max: 2 } });
  const createTransport = transports["gRPC-web, HTTP/1.1"] ?? expect.fail("there is such a transport");
  const sampler = { name: "gp", config: { startupTrials: 3 } };
  const spec = { id: "one", variables: ["x"], sampler, seed: 5 };
  const log = createEncodedLog(createMemoryLog(), studyCodec);
  const alone = createStudies({ store, log, types: createTypeRegistry(builtinTypes) }).of(store);
  const suggestedBy = async (studies: StudyStore): Promise<unknown[]> => {
    const suggested: unknown[] = [];
    await studies.createStudy("s", spec);
    for (let number = 0; number < 12; number++) {
      const { trials } = await studies.askTrials("s", "one", { clientId: "a" });
      const x = trials[0]?.parameters["x"];
      suggested.push(x);
      await studies.tellTrial("s", "one", { number, values: [(Number(x) - 1.3) ** 2] });
    }
    return suggested;
  };
  expect(await suggestedBy(createStudyClient(createTransport(server.url)))).toEqual(await suggestedBy(alone));
});
