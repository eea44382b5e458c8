import type { Updates, Variable } from "@trimtab/core";
import { describe, expect, test } from "vitest";
import { openRemote, sampleSpecs } from "./test-parts/open-remote.ts";

describe("who writes", () => {
  test("is what the client says of itself, unless the call says otherwise", async () => {
    const { remote } = await openRemote({ client: { actor: "trainer", origin: "other" } });
    const { variable } = await remote.registerVariable("s", sampleSpecs[0]);
    expect(variable).toMatchObject({ updatedBy: "trainer", origin: "other" });
    await remote.setVariable("s", "temperature", 1, { actor: "ada", origin: "elixir" });
    expect(await remote.getVariable("s", "temperature")).toMatchObject({ updatedBy: "ada", origin: "elixir" });
  });

  test("is a TypeScript program, answerable as the session, where nobody says anything", async () => {
    const { remote } = await openRemote();
    const { variable } = await remote.registerVariable("s", sampleSpecs[0]);
    expect(variable).toMatchObject({ updatedBy: "s", origin: "typescript" });
  });
});

describe("what no request can be made of", () => {
  test("is refused as an argument, also where no compiler has seen it", async () => {
    const { remote } = await openRemote();
    const times = { createdAtMs: Number.NaN, updatedAtMs: 1 };
    const variable = { id: "var_x_1", name: "x", type: "float", version: 0, revision: 1, ...times } as Variable;
    const data = {
      session: "s",
      revision: 1,
      exportedAtMs: 1,
      variables: [variable],
      dependencies: [],
      history: new Map(),
    };
    await expect(remote.importVariables("s", data)).rejects.toMatchObject({
      reason: "invalid_argument",
      message: expect.stringContaining("data: no request can be made of it"),
    });
  });

  test("is refused by a watch too, which trying again would not mend", async () => {
    const { remote } = await openRemote();
    const watch = async () => {
      for await (const _ of remote.watch("s", JSON.parse("null"))) return;
    };
    await expect(watch()).rejects.toMatchObject({ reason: "invalid_argument", details: { field: "selection" } });
  });

  test("is an origin that is none, of a call and of a client", async () => {
    const { remote } = await openRemote();
    await remote.registerVariable("s", sampleSpecs[0]);
    const unknown = { origin: JSON.parse('"ruby"') };
    const refused = { reason: "invalid_argument", details: { field: "origin", value: "ruby" } };
    await expect(remote.setVariable("s", "temperature", 1, unknown)).rejects.toMatchObject(refused);
    await expect(openRemote({ client: unknown })).rejects.toMatchObject(refused);
  });

  test("a time limit is at most what a request of any protocol can say", async () => {
    const limit = 99_999_999;
    await openRemote({ client: { timeoutMs: limit } });
    for (const timeoutMs of [limit + 1, Number.POSITIVE_INFINITY])
      await expect(openRemote({ client: { timeoutMs } })).rejects.toThrow(`timeoutMs must be at most ${limit}`);
  });

  test.each([-1, 0.5, Number.NaN])("a time limit of %d ms is none", async (timeoutMs) => {
    await expect(openRemote({ client: { timeoutMs } })).rejects.toThrow(
      "timeoutMs must be a whole number of at least 0",
    );
  });
});

describe("updates", () => {
  const forms: [string, Updates][] = [
    ["a record", { temperature: 1, model: "claude-3" }],
    [
      "a map",
      new Map<string, string | number>([
        ["temperature", 1],
        ["model", "claude-3"],
      ]),
    ],
    [
      "entries",
      [
        ["temperature", 1],
        ["model", "claude-3"],
      ],
    ],
  ];
  test.each(forms)("may be %s", async (_, updates) => {
    const { remote } = await openRemote();
    await remote.registerVariables("s", sampleSpecs);
    const { applied, refused, revision, session } = await remote.setVariables("s", updates);
    expect([...applied.keys()]).toEqual(["temperature", "model"]);
    expect(applied.get("model")).toMatchObject({ session: "s", revision, name: "model", version: 1 });
    expect({ refused: refused.size, session, revision }).toEqual({ refused: 0, session: "s", revision: 3 });
  });
});

describe("values", () => {
  test("that programs hold come back as they are stored", async () => {
    const { local, remote } = await openRemote();
    const embedding = new Float32Array([0.25, -1]);
    await remote.registerVariable("s", {
      name: "meaning",
      type: "embedding",
      value: embedding as never,
      constraints: { dimensions: 2, dtype: "f32" },
    });
    await remote.registerVariable("s", { name: "count", type: "integer", value: 2n ** 62n });
    for (const ref of ["meaning", "count"]) {
      expect(await remote.getVariable("s", ref)).toEqual(await local.getVariable("s", ref));
    }
    expect((await remote.getVariable("s", "count")).value).toBe(2n ** 62n);
  });

  test("of a variable called __proto__ are no special case", async () => {
    const { local, remote } = await openRemote();
    await remote.registerVariables("s", [{ name: "__proto__", type: "float", value: 1 }]);
    const { found } = await remote.getVariables("s", ["__proto__"]);
    expect(found.get("__proto__")).toEqual(await local.getVariable("s", "__proto__"));
    const { applied } = await remote.setVariables("s", new Map([["__proto__", 2]]));
    expect(applied.get("__proto__")).toMatchObject({ version: 1 });
  });
});

describe("sessions and programs", () => {
  test("are the ones that the store holds", async () => {
    const { local, remote } = await openRemote();
    await remote.updateSession("s", { metadata: { team: "x" }, ttlMs: 90_061_001 });
    await remote.putProgram("s", "plan", { steps: ["a", { deep: new Uint8Array([1, 2]) }] });
    expect(await remote.getProgram("s", "plan")).toEqual(await local.getProgram("s", "plan"));
    const [here, there] = [await remote.touchSession("s"), await local.getSession("s")];
    expect({ ...here, stats: undefined, lastAccessedAtMs: 0 }).toEqual({
      ...there,
      stats: undefined,
      lastAccessedAtMs: 0,
    });
    expect(here.ttlMs).toBe(90_061_001);
  });

  test("keep their times to the microsecond", async () => {
    const { local, remote } = await openRemote();
    await local.registerVariables("s", sampleSpecs);
    for (let i = 0; i < 20; i++) await local.setVariable("s", "temperature", i / 20);
    expect(await remote.listVariables("s")).toEqual(await local.listVariables("s"));
  });
});
