import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { storeError } from "@trimtab/core";
import { ErrorDetailSchema, StudyService, VariableService } from "@trimtab/wire/services";
import { describe, expect, test } from "vitest";
import { openServer } from "./test-parts/open-server.ts";

describe("a caller without our code", () => {
  test("sets and reads a variable in plain JSON", async () => {
    const { post } = await openServer();
    const set = { sessionId: "s", variable: "temperature", value: { number: 1 }, context: { actor: "ada" } };
    const { status, answer } = await post("VariableService/SetVariable", JSON.stringify(set));
    expect(status).toBe(200);
    expect(answer).toMatchObject({ written: { name: "temperature", version: "1" }, revision: "3" });
    const read = await post("VariableService/GetVariable", JSON.stringify({ sessionId: "s", variable: "temperature" }));
    expect(read.answer["variable"]).toMatchObject({ value: { number: 1 }, updatedBy: "ada", origin: "ORIGIN_OTHER" });
  });

  const ids = { sessionId: "s", variable: "temperature" };
  const refused: [string, string, unknown, string][] = [
    ["no session", "VariableService/GetVariable", { variable: "temperature" }, "sessionId is required"],
    ["no variable", "VariableService/GetVariable", { sessionId: "s" }, "variable is required"],
    ["no program", "ProgramService/GetProgram", { sessionId: "s" }, "programId is required"],
    ["no value", "VariableService/SetVariable", ids, "value is required"],
    ["a value of no kind", "VariableService/SetVariable", { ...ids, value: {} }, "value has no kind"],
    ["no spec", "VariableService/RegisterVariable", { sessionId: "s" }, "spec is required"],
    [
      "a spec without a value",
      "VariableService/BatchRegisterVariables",
      {
        sessionId: "s",
        specs: [
          { name: "a", type: "float", value: { number: 1 } },
          { name: "b", type: "float" },
        ],
      },
      "specs[1].value is required",
    ],
    [
      "an update without a value",
      "VariableService/BatchSetVariables",
      { sessionId: "s", updates: [{ variable: "temperature" }] },
      "updates[0].value is required",
    ],
    ["no mask", "VariableService/UpdateVariable", { ...ids, description: "x" }, "updateMask is required"],
    [
      "a mask of something else",
      "VariableService/UpdateVariable",
      { ...ids, updateMask: "value" },
      'updateMask names "value"',
    ],
    [
      "a mask without its ttl",
      "SessionService/UpdateSession",
      { sessionId: "s", updateMask: "ttl" },
      "ttl is required",
    ],
    [
      "metadata of no kind",
      "VariableService/SetVariable",
      { ...ids, value: { number: 1 }, context: { metadata: { why: {} } } },
      "context.metadata.why has no kind",
    ],
    [
      "a version beyond what a number holds",
      "VariableService/SetVariable",
      { ...ids, value: { number: 1 }, expectedVersion: "9007199254740992" },
      "expectedVersion is 9007199254740992",
    ],
    [
      "a derivation of no kind",
      "VariableService/RegisterVariable",
      { sessionId: "s", spec: { name: "a", type: "float", derivation: {} } },
      "spec.derivation has no kind",
    ],
    [
      "a dependency of an unknown kind",
      "DependencyService/AddDependency",
      { sessionId: "s", spec: { variable: "a", dependsOn: "b", kind: 9 } },
      "spec.kind is the unknown choice 9",
    ],
    ["no derivation", "DependencyService/SetDerivation", ids, "derivation is required"],
    ["no rule", "RuleService/GetRule", { sessionId: "s" }, "name is required"],
    [
      "a value of a configuration of no kind",
      "ConfigurationSpaceService/ApplyConfiguration",
      { sessionId: "s", name: "a", updates: [{ variable: "temperature", value: {} }] },
      "updates[0].value has no kind",
    ],
    ["no version to go back to", "HistoryService/RollbackVariable", ids, "to is required: name a version or a point"],
    [
      "a time in the far future",
      "HistoryService/ListCommits",
      { sessionId: "s", timeRange: { since: "9999-01-01T00:00:00Z" } },
      "timeRange.since is 253370764800 seconds",
    ],
    [
      "a time that ends before it begins",
      "HistoryService/ListCommits",
      { sessionId: "s", timeRange: { since: "2026-01-02T00:00:00Z", until: "2026-01-01T00:00:00Z" } },
      "timeRange.until (milliseconds) lies before the beginning",
    ],
    [
      "two points to fork at",
      "SessionService/ForkSession",
      { sessionId: "s", revision: "1", label: "a" },
      "not at several",
    ],
    [
      "a mask of what a label has not",
      "HistoryService/SetLabel",
      { sessionId: "s", name: "a", updateMask: "name" },
      "name",
    ],
    ["an unknown choice", "SessionService/CreateSession", { ifExists: 9 }, "ifExists is the unknown choice 9"],
    [
      "an unknown choice to look for",
      "VariableService/ListVariables",
      { sessionId: "s", origin: 9 },
      "origin is the unknown choice 9",
    ],
    ["a stop of nothing", "OptimizationService/StopOptimization", { sessionId: "s" }, "or variable is required"],
    ["a misspelt field", "VariableService/SetVariable", { ...ids, valeu: { number: 1 } }, "valeu"],
    ["a field of another type", "VariableService/GetVariable", { ...ids, variable: 5 }, "variable"],
    ["ill-formed text", "VariableService/GetVariable", { ...ids, variable: "\ud800" }, "invalid UTF8"],
  ];
  test.each(refused)("is refused %s by name, and changes nothing", async (_, method, body, message) => {
    const { post, store } = await openServer();
    const { status, answer } = await post(method, JSON.stringify(body));
    expect(status).toBe(400);
    expect(answer).toMatchObject({ code: "invalid_argument", message: expect.stringContaining(message) });
    expect(await store.getSession("s")).toMatchObject({ revision: 2 });
  });

  test.each([
    ["text that is no JSON", "{", "application/json", 400],
    ["bytes that are no message", Uint8Array.of(0xff, 0xff), "application/proto", 500],
    ["bytes that are no UTF-8", Uint8Array.of(0x0a, 1, 0xff), "application/proto", 500],
  ])("is refused %s", async (_, body, contentType, expected) => {
    const { post } = await openServer();
    const { status, answer } = await post("VariableService/GetVariable", body, contentType);
    expect(status).toBe(expected);
    expect(answer.message).not.toMatch(/\n\s+at /);
  });

  test("is told the reason of a refusal, with its details, in JSON that can be read", async () => {
    const { post } = await openServer();
    const set = { sessionId: "s", variable: "temperature", value: { number: 3 } };
    const { status, answer } = await post("VariableService/SetVariable", JSON.stringify(set));
    expect(status).toBe(400);
    expect(answer.message).toBe("temperature: value 3 is above maximum 2");
    expect(answer.details?.[0]).toMatchObject({
      type: "trimtab.v1.ErrorDetail",
      debug: { reason: "constraint_violation", details: { limit: { number: 2 }, value: { number: 3 } } },
    });
  });
});

describe("a caller that leaves out what it may", () => {
  const labelled = async () => {
    const server = await openServer();
    await server.store.setVariable("s", "temperature", 1);
    await server.store.setLabel("s", "good", {
      at: { kind: "revision", revision: 2 },
      protected: true,
      description: "d",
    });
    return server;
  };

  test("means the present by no point", async () => {
    const { post } = await labelled();
    const at = await post("HistoryService/GetSessionAt", JSON.stringify({ sessionId: "s" }));
    expect(at.answer).toMatchObject({ revision: "4", variables: [{ value: { number: 1 } }] });
    const fork = await post("SessionService/ForkSession", JSON.stringify({ sessionId: "s", newSessionId: "t" }));
    expect(fork.answer["session"]).toMatchObject({ id: "t", stats: { variableCount: "1" } });
    const ids = { sessionId: "s", variable: "temperature" };
    const back = await post("HistoryService/RollbackVariable", JSON.stringify({ ...ids, point: {} }));
    expect(back.answer).toMatchObject({ rolledBackFrom: "1", rolledBackTo: "1", revision: "4" });
    const diff = await post(
      "HistoryService/DiffRevisions",
      JSON.stringify({ sessionId: "s", before: { label: "good" } }),
    );
    expect(diff.answer).toMatchObject({ beforeRevision: "2", afterRevision: "4", differences: [{ after: {} }] });
  });

  test("replaces both of what a label says, and with a mask what it names", async () => {
    const { post, store } = await labelled();
    const override = { sessionId: "s", name: "good", overrideProtection: true };
    await post("HistoryService/SetLabel", JSON.stringify({ ...override, description: "e", updateMask: "description" }));
    expect(await store.getLabel("s", "good")).toMatchObject({ protected: true, description: "e" });
    await post("HistoryService/SetLabel", JSON.stringify(override));
    expect(await store.getLabel("s", "good")).toMatchObject({ protected: false, description: "" });
  });

  test("is not asked for what writers said in a history", async () => {
    const { post, store } = await labelled();
    await store.setVariable("s", "temperature", 0.5, { metadata: { why: "x" } });
    const ids = { sessionId: "s", variable: "temperature", pageSize: 1 };
    const bare = await post("HistoryService/ListVariableHistory", JSON.stringify(ids));
    expect(bare.answer["versions"]).toEqual([expect.not.objectContaining({ metadata: expect.anything() })]);
    const full = await post("HistoryService/ListVariableHistory", JSON.stringify({ ...ids, includeMetadata: true }));
    expect(full.answer["versions"]).toMatchObject([{ version: "2", metadata: { why: { string: "x" } } }]);
  });
});

describe("what is not served", () => {
  const fields: [string, string, object][] = [
    ["include_stats", "VariableService/BatchGetVariables", { sessionId: "s", includeStats: true }],
    [
      "context.metadata",
      "SessionService/ForkSession",
      { sessionId: "s", newSessionId: "t", context: { metadata: { why: { string: "x" } } } },
    ],
    [
      "context.metadata",
      "SessionService/CreateSession",
      { sessionId: "t", context: { metadata: { why: { string: "x" } } } },
    ],
  ];
  test.each(fields)("the field %s of %s, is refused where it is set", async (feature, method, body) => {
    const { post, store } = await openServer();
    const { status, answer } = await post(method, JSON.stringify(body));
    expect(status).toBe(501);
    expect(answer).toMatchObject({
      code: "unimplemented",
      message: expect.stringContaining(`${feature} is not supported`),
    });
    expect(answer.details?.[0]?.debug).toMatchObject({ details: { feature: { string: feature } } });
    expect(await store.getSession("s")).toMatchObject({ revision: 2, stats: { variableCount: 1 } });
  });

  test("is answered as unimplemented, as a whole call too", async () => {
    const { binary } = await openServer();
    const asking = createClient(StudyService, binary).getStudy({ sessionId: "s" });
    await expect(asking).rejects.toMatchObject({ code: Code.Unimplemented });
  });
});

describe("a fault of the server", () => {
  const fault = new TypeError("cannot read secret of undefined");

  test("is told to whoever runs it, and not to the caller", async () => {
    const heard: unknown[] = [];
    const { store } = await openServer();
    const broken = { ...store, getSession: () => Promise.reject(fault) };
    const { post } = await openServer({ store: broken, onInternalError: (...about) => heard.push(about) });
    const { status, answer } = await post("SessionService/GetSession", JSON.stringify({ sessionId: "s" }));
    expect(status).toBe(500);
    expect(answer).toMatchObject({ code: "internal", message: "the server has failed to answer" });
    expect(JSON.stringify(answer)).not.toContain("secret");
    expect(heard).toEqual([[fault, { service: "trimtab.v1.SessionService", method: "GetSession" }]]);
  });

  test("that the store names is told by its name, and heard of too", async () => {
    const heard: unknown[] = [];
    const { store } = await openServer();
    const named = storeError("internal", "setting x made no version", {});
    const broken = { ...store, getSession: () => Promise.reject(named) };
    const { post } = await openServer({ store: broken, onInternalError: (error) => heard.push(error) });
    const { answer } = await post("SessionService/GetSession", JSON.stringify({ sessionId: "s" }));
    expect(answer.message).toBe("setting x made no version");
    expect(heard).toEqual([named]);
  });

  test("is none where a caller's request is refused", async () => {
    const heard: unknown[] = [];
    const { post } = await openServer({ onInternalError: (error) => heard.push(error) });
    await post("SessionService/GetSession", JSON.stringify({ sessionId: "nope" }));
    await post("SessionService/GetSession", JSON.stringify({}));
    expect(heard).toEqual([]);
  });
});

describe("errors", () => {
  test.each(["binary", "json"] as const)("carry reason, details and items over %s", async (encoding) => {
    const server = await openServer();
    const client = createClient(VariableService, server[encoding]);
    const updates = [
      { variable: "temperature", value: { kind: { case: "number" as const, value: 9 } } },
      { variable: "x", value: { kind: { case: "number" as const, value: 1 } } },
    ];
    const error = await client.batchSetVariables({ sessionId: "s", updates }).catch((caught: unknown) => caught);
    if (!(error instanceof ConnectError)) return expect.fail("a ConnectError is thrown");
    const [detail] = error.findDetails(ErrorDetailSchema);
    expect(detail?.reason).toBe("constraint_violation");
    expect(Object.keys(detail?.items ?? {})).toEqual(["temperature", "x"]);
  });
});

describe("the types that the server knows", () => {
  test("are listed by name, with a schema of their constraints", async () => {
    const { binary } = await openServer();
    const { types } = await createClient(VariableService, binary).listVariableTypes({});
    expect(types.map(({ name }) => name)).toEqual(
      ["boolean", "choice", "embedding", "float", "integer", "module", "string", "tensor"].sort(),
    );
    const schema = JSON.parse(types.find(({ name }) => name === "float")?.constraintsJsonSchema ?? "");
    expect(schema).toMatchObject({ type: "object" });
    expect(Object.keys(schema.properties)).toEqual(expect.arrayContaining(["min", "max", "step"]));
  });

  test("are not told of where nobody said which they are", async () => {
    const { store } = await openServer();
    const { post } = await openServer({ store, types: undefined as never });
    expect((await post("VariableService/ListVariableTypes", "{}")).status).toBe(501);
  });
});
