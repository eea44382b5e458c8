import { openGround } from "./open-ground.ts";
import { type Held, openPartner, type Partner } from "./partner.ts";
import { runProgram, type Step } from "./run-program.ts";

/** What came of a run of the example. */
export interface Outcome {
  /** What the Python program says it did, in order. */
  readonly steps: readonly Step[];
  /** What the TypeScript program beside it holds in the end. */
  readonly held: Held;
}

const session = "assistant";

/**
 * Starts a server, a Python program that uses it through generated gRPC code, and a TypeScript program on the same
 * session, and tells what each of them says as it says it. Rejects where either fails, and then stops the other.
 */
export async function workTogether(tell: (line: string) => void): Promise<Outcome> {
  await using cleanup = new AsyncDisposableStack();
  const { server, stubs } = await openGround(cleanup);

  const stop = new AbortController();
  const opened = Promise.withResolvers<Partner>();
  opened.promise.catch((error: unknown) => stop.abort(error));
  const steps: Step[] = [];
  const onStep = (step: Step) => {
    steps.push(step);
    tell(`python:     ${step.text}`);
    if (step.step !== "registered") return;
    opened.resolve(openPartner(server.url, session, (text) => tell(`typescript: ${text}`)));
  };
  const address = `127.0.0.1:${server.port}`;
  await runProgram({ script: "assistant.py", address, session, stubs, onStep, signal: stop.signal });

  const partner = await opened.promise;
  cleanup.defer(() => partner.close());
  const { revision } = await server.store.getSession(session);
  return { steps, held: await partner.heldAt(revision) };
}
