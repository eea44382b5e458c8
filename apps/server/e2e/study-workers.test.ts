import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createStoreClient, createStudyClient } from "@trimtab/client";
import { parseSealingKeys } from "@trimtab/log-sealed";
import { attachStudy } from "@trimtab/studies";
import { float } from "@trimtab/types";
import { describe, expect, test } from "vitest";
import { runDataCommand } from "../src/data-commands.ts";
import { studiesFolder } from "../src/open-studies.ts";
import type { RunningServer } from "../src/start-server.ts";
import { openServer, transports } from "./open-server.ts";
import { temporaryFolder } from "./test-parts/temporary-folder.ts";

/** A study of the floats x and y of a session. */
async function openStudy({ store }: RunningServer, baseUrl: string, connect = transports["gRPC"]) {
  if (connect === undefined) return expect.fail("gRPC is one of them");
  const transport = connect(baseUrl);
  const remote = { store: createStoreClient(transport), studies: createStudyClient(transport) };
  await store.createSession({ id: "s", ifExists: "keep" });
  const constraints = { min: 0, max: 10 };
  const specs = ["x", "y"].map((name) => ({ name, type: "float", value: 5, constraints }));
  await store.registerVariables("s", specs, { ifExists: "keep" });
  const derivation = { kind: "expression", expression: "x + y" } as const;
  await store.registerVariable("s", { name: "sum", type: "float", derivation }, { ifExists: "keep" });
  await remote.studies.createStudy("s", { id: "secret-plan", variables: ["x", "y"], seed: 1 }, { ifExists: "keep" });
  return { ...remote, study: attachStudy({ ...remote, session: "s", id: "secret-plan" }) };
}

const declared = { x: float({ min: 0, max: 10 }), y: float({ min: 0, max: 10 }) };

describe.each(Object.entries(transports))("workers over %s", (_, connect) => {
  test("run an objective as in process: typed, in parallel, in overlays, applied and undone", async () => {
    const server = await openServer();
    try {
      const { store, study } = await openStudy(server, server.url, connect);
      await study.optimize(
        async ({ x, y }, { overlay = "" }) => {
          // What is derived follows the trial's values, for its worker alone.
          expect((await store.getVariable(overlay, "sum")).value).toBeCloseTo(x + y, 9);
          return (x - 1) ** 2 + (y - 2) ** 2;
        },
        { trials: 12, parallel: 3, overlays: true, variables: declared },
      );
      const best = await study.best();
      expect((await study.trials()).map(({ state }) => state)).toEqual(Array(12).fill("complete"));
      expect((await store.getVariable("s", "sum")).value).toBe(10);
      await study.apply();
      expect((await store.getVariable("s", "x")).value).toBe(best?.parameters["x"]);
      await study.rollback();
      expect((await store.getVariable("s", "x")).value).toBe(5);
    } finally {
      await server.close();
    }
  });
});

describe("studies on disk", () => {
  const key = `k1:${Buffer.alloc(32, 7).toString("base64")}`;

  test.each([
    ["in the clear", undefined],
    ["sealed", key],
  ])("%s go on after a restart, and are checked and copied with the sessions", async (_, sealingKey) => {
    const folder = temporaryFolder();
    const [data, copy] = [join(folder, "data"), join(folder, "copy")];
    const sealed = sealingKey === undefined ? {} : { encryptionKeys: parseSealingKeys(sealingKey) };
    const settings = { log: "sqlite", data, ...sealed } as const;
    const first = await openServer(settings);
    const { study } = await openStudy(first, first.url);
    await study.optimize(({ x }) => x, { trials: 5, variables: declared });
    const trials = await study.trials();
    const applied = await study.apply();
    await first.close();
    const stored = readdirSync(studiesFolder(data)).map((file) => readFileSync(join(studiesFolder(data), file)));
    const isReadable = Buffer.concat(stored).includes("startupTrials");
    expect(isReadable).toBe(sealingKey === undefined);
    expect(await runDataCommand(["backup", data, copy])).toMatchObject({ status: 0 });
    const found = sealingKey === undefined ? "all intact" : "none damaged";
    expect((await runDataCommand(["check", copy]))?.output).toMatch(
      new RegExp(`\\n1 study, \\d+ changes .*: ${found}`),
    );
    const second = await openServer({ ...settings, data: copy });
    const again = await openStudy(second, second.url);
    expect(await again.study.info()).toMatchObject({ appliedTrial: applied.number, trialCounts: { complete: 5 } });
    expect(await again.study.trials()).toEqual(trials);
    await again.study.rollback();
    expect((await again.store.getVariable("s", "x")).value).toBe(5);
    await second.close();
  });
});
