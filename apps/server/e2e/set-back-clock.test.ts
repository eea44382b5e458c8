import { createConnectTransport } from "@connectrpc/connect-node";
import { createStudyClient } from "@trimtab/client";
import { expect, onTestFinished, test } from "vitest";
import { openServer } from "./open-server.ts";

test("a trial whose worker is gone is handed out again although the clock was set back", async () => {
  let [wallMs, elapsedMs] = [Date.UTC(2026, 10, 22), 0];
  const clock = { now: () => wallMs, elapsed: () => elapsedMs };
  const server = await openServer({}, { store: { clock } });
  onTestFinished(() => server.close());
  await server.store.createSession({ id: "s" });
  await server.store.registerVariable("s", { name: "x", type: "float", value: 0 });
  const studies = createStudyClient(createConnectTransport({ baseUrl: server.url, httpVersion: "2" }));
  const bounds = { x: { min: 0, max: 9 } };
  await studies.createStudy("s", { id: "one", variables: ["x"], bounds, trialTtlMs: 30_000 });
  const ask = async (clientId: string) => (await studies.askTrials("s", "one", { clientId })).trials[0]?.number ?? -1;
  const stateOf = async (number: number) => (await studies.getTrial("s", "one", number)).state;
  const lost = await ask("gone");
  wallMs -= 3_600_000;
  for (const ms of [31_000, 30_000]) {
    await ask("other");
    expect(await stateOf(lost)).toBe("running");
    wallMs += ms;
    elapsedMs += ms;
  }
  await ask("other");
  expect(await stateOf(lost)).toBe("failed");
});
