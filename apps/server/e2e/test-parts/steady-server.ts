import { afterAll, afterEach, beforeAll, expect } from "vitest";
import type { RunningServer } from "../../src/start-server.ts";
import { openServer } from "../open-server.ts";

/** A server that must come out of every test of a file as it went in. */
export interface SteadyServer {
  url(): string;
  port(): number;
}

/**
 * Runs a server through a file of tests, with a session `s` that has a temperature and a prompt. After each test
 * it must still answer, and neither the revision nor any variable may have changed.
 */
export function keepSteady(settings: Parameters<typeof openServer>[0] = {}): SteadyServer {
  let server: RunningServer;
  let before: unknown;
  const faults: unknown[] = [];
  beforeAll(async () => {
    server = await openServer(settings, { onError: (error) => faults.push(error) });
    await server.store.createSession({ id: "s" });
    await server.store.registerVariables("s", [
      { name: "temperature", type: "float", value: 0.7, constraints: { min: 0, max: 2 } },
      { name: "prompt", type: "string", value: "Grüße" },
    ]);
    before = await server.store.listVariables("s");
  });
  afterEach(async () => {
    expect(await server.store.listVariables("s")).toEqual(before);
    expect((await server.store.listSessions()).items.map(({ id }) => id)).toEqual(["s"]);
    const answer = await fetch(`${server.url}/trimtab.v1.VariableService/ListVariables`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: '{"sessionId":"s"}',
    });
    expect(await answer.json()).toMatchObject({ variables: [{ name: "temperature" }, { name: "prompt" }] });
    // What a caller sends wrong is no fault of the server's.
    expect(faults).toEqual([]);
  });
  afterAll(() => server.close());
  return { url: () => server.url, port: () => server.port };
}
