import { createGrpcTransport } from "@connectrpc/connect-node";
import { createStoreClient, createStudyClient } from "@trimtab/client";
import type { StudyInfo, StudyStore, StudyTrial, Value } from "@trimtab/core";
import { openGround } from "./open-ground.ts";
import { runProgram, type Step } from "./run-program.ts";

/** What came of a run of the example. */
export interface Driven {
  /** What the Python program says it did, in order. */
  readonly steps: readonly Step[];
  /** The best losses that the TypeScript program was told of, as they got better. */
  readonly watched: readonly number[];
  readonly study: StudyInfo;
  readonly trials: readonly StudyTrial[];
  /** The live values in the end. */
  readonly values: Readonly<Record<string, Value>>;
}

const session = "training";

/**
 * Starts a server with two variables and a rule between them, an optimizer in Python that drives a study of them over gRPC, and a
 * TypeScript program that watches the study, and tells what each of them says as it says it.
 */
export async function driveStudy(tell: (line: string) => void): Promise<Driven> {
  await using cleanup = new AsyncDisposableStack();
  const { server, stubs } = await openGround(cleanup);
  const transport = createGrpcTransport({ baseUrl: server.url });
  const [store, studies] = [createStoreClient(transport), createStudyClient(transport)];
  await store.createSession({ id: session });
  const constraints = { min: 0, max: 1 };
  const specs = ["rate", "momentum"].map((name) => ({ name, type: "float", value: 0.5, constraints }));
  await store.registerVariables(session, specs);
  await store.putRule(session, { name: "stable", expression: "rate + momentum <= 1.2" });

  const steps: Step[] = [];
  const watched: number[] = [];
  const stop = new AbortController();
  let watching = Promise.resolve();
  const onStep = (step: Step) => {
    steps.push(step);
    tell(`python:     ${step.text}`);
    if (step.step !== "created") return;
    watching = watchBest(studies, stop.signal, (loss) => {
      watched.push(loss);
      tell(`typescript: the best so far is ${loss.toPrecision(2)}`);
    });
    watching.catch((error: unknown) => stop.abort(error));
  };
  const address = `127.0.0.1:${server.port}`;
  await runProgram({ script: "optimizer.py", address, session, stubs, onStep, signal: stop.signal });
  // The watch has told of everything once it tells of what was applied.
  await watching;
  const { found } = await store.getVariables(session, ["rate", "momentum"]);
  return {
    steps,
    watched,
    study: await studies.getStudy(session, "evolution"),
    trials: (await studies.listTrials(session, "evolution")).items,
    values: Object.fromEntries(Array.from(found, ([name, { value }]) => [name, value])),
  };
}

/** Follows a study until one of its trials is applied, and tells of each better loss. */
async function watchBest(studies: StudyStore, signal: AbortSignal, onBetter: (loss: number) => void): Promise<void> {
  let best = Number.POSITIVE_INFINITY;
  for await (const event of studies.watchStudy(session, "evolution", { signal })) {
    if (event.kind !== "snapshot" && event.kind !== "changes") continue;
    for (const { values } of event.trials) {
      const [loss = Number.POSITIVE_INFINITY] = values;
      if (loss >= best) continue;
      best = loss;
      onBetter(loss);
    }
    if (event.study.appliedTrial !== undefined) return;
  }
}
