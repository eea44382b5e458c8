import { setTimeout as sleep } from "node:timers/promises";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { createStoreClient, createStudyClient } from "@trimtab/client";
import { isStoreError, type StudyStore } from "@trimtab/core";
import { verifySqliteLog } from "@trimtab/log-sqlite";
import { expect, test } from "vitest";
import { studiesFolder } from "../src/open-studies.ts";
import { createRandom } from "./test-parts/seeded-random.ts";
import { startProcess } from "./test-parts/server-process.ts";
import { temporaryFolder } from "./test-parts/temporary-folder.ts";

const rounds = 10;
const workers = 4;
const seed = 11;

/** What was acknowledged: the value of each trial that was told, and the trial that each client was handed and has not told. */
interface Acknowledged {
  readonly told: Map<number, number>;
  readonly held: Map<string, number>;
}

/** Asks and tells until the server is gone. */
async function work(studies: StudyStore, clientId: string, { told, held }: Acknowledged): Promise<void> {
  let isTelling = false;
  try {
    for (;;) {
      const { trials } = await studies.askTrials("s", "one", { clientId });
      const { number, parameters } = trials[0] ?? expect.fail("there is always another trial");
      // What was handed out before is handed out again, whichever process answers.
      expect(held.get(clientId) ?? number).toBe(number);
      held.set(clientId, number);
      const value = (Number(parameters["x"]) - 3) ** 2;
      await studies.reportIntermediateValue("s", "one", { number, step: 0, value }, { clientId });
      isTelling = true;
      await studies.tellTrial("s", "one", { number, values: [value] }, { clientId });
      isTelling = false;
      told.set(number, value);
      held.delete(clientId);
    }
  } catch (error) {
    if (!isStoreError(error, "unavailable")) throw error;
    // The telling that was on its way was heard or it was not.
    if (isTelling) held.delete(clientId);
  }
}

test(`${rounds} kills of a server: studies go on where they were, with all that was acknowledged (seed ${seed})`, async ({
  annotate,
}) => {
  const random = createRandom(seed);
  const data = temporaryFolder();
  const known: Acknowledged = { told: new Map(), held: new Map() };
  for (let round = 0; round < rounds; round++) {
    const server = await startProcess(["--log", "sqlite", "--data", data]);
    const transport = createGrpcTransport({ baseUrl: server.url });
    const [store, studies] = [createStoreClient(transport), createStudyClient(transport)];
    if (round === 0) {
      await store.createSession({ id: "s" });
      const x = { name: "x", type: "float", value: 5, constraints: { min: 0, max: 10 } };
      await store.registerVariable("s", x);
      await studies.createStudy("s", { id: "one", variables: ["x"], sampler: { name: "random" }, seed });
    }
    for (const [number, value] of known.told) {
      expect(await studies.getTrial("s", "one", number)).toMatchObject({ state: "complete", values: [value] });
    }
    const before = (await store.getVariable("s", "x")).value;
    const { bestTrial, trialCounts } = await studies.getStudy("s", "one");
    // Every trial that runs is some client's, one each.
    expect(trialCounts.running).toBeLessThanOrEqual(workers);
    if (bestTrial !== undefined) {
      const { parameters } = await studies.getTrial("s", "one", bestTrial);
      await studies.applyTrial("s", "one");
      expect((await store.getVariable("s", "x")).value).toBe(parameters["x"]);
      await studies.rollbackStudy("s", "one");
      expect((await store.getVariable("s", "x")).value).toBe(before);
    }
    const working = Array.from({ length: workers }, (_, i) => work(studies, `worker-${i}`, known));
    await sleep(random.whole(50, 500));
    server.signal("SIGKILL");
    await Promise.all(working);
    await server.exited;
  }
  expect(await verifySqliteLog(studiesFolder(data))).toMatchObject({ damages: 0, streams: 1 });
  expect(known.told.size).toBeGreaterThan(rounds);
  await annotate(`${known.told.size} trials told and heard`);
});
