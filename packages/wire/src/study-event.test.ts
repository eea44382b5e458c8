import { fromBinary, toBinary } from "@bufbuild/protobuf";
import type { StudyInfo, StudyTrial, StudyWatchEvent } from "@trimtab/core";
import { expect, test } from "vitest";
import { createStudyJoin, toWireStudyEvent } from "./index.ts";
import { WatchStudyResponseSchema } from "./services.ts";

const study: StudyInfo = {
  id: "one",
  session: "s",
  objectives: [{ metric: "loss", direction: "minimize" }],
  variables: [{ name: "x", type: "integer", constraints: { min: -(2n ** 60n), max: 5 } }],
  spaceVersion: 2,
  sampler: { name: "tpe", config: { startupTrials: 10 } },
  seed: 2 ** 50,
  parallelism: 0,
  maxTrials: 7,
  maxRetries: 1,
  trialTtlMs: 1500.5,
  status: "paused",
  trialCounts: { waiting: 1, running: 2, complete: 3, pruned: 4, failed: 5 },
  bestTrial: 0,
  metadata: { deep: { list: [1, null, "x"] } },
  createdBy: "ada",
  createdAtMs: 1.001,
  updatedAtMs: 1_700_000_000_000.123,
  revision: 9,
};

const trialOf = (number: number): StudyTrial => ({
  study: "one",
  number,
  state: number % 2 === 0 ? "complete" : "running",
  parameters: { x: number, large: 2n ** 60n, model: { module: "a", parameters: { k: 0.5 } } },
  spaceVersion: 1,
  values: number % 2 === 0 ? [number / 3] : [],
  intermediateValues: [{ step: 0, value: -0.5 }],
  metrics: { seconds: 1.5 },
  ...(number % 3 === 0 && { clientId: "worker", retryOf: 0 }),
  enqueued: number % 3 === 0,
  createdAtMs: 1000,
  startedAtMs: 1001.5,
  ...(number % 2 === 0 ? { endedAtMs: 1002 } : { leaseExpiresAtMs: 2000 }),
  cause: "",
});

/** What a reader gets of an event that goes over the wire in bytes, and in how many messages. */
function send(event: StudyWatchEvent) {
  const join = createStudyJoin();
  const messages = [...toWireStudyEvent(event)].map((each) => toBinary(WatchStudyResponseSchema, each));
  const read = messages.map((bytes) => join(fromBinary(WatchStudyResponseSchema, bytes)));
  return { count: messages.length, events: read.filter((each) => each !== undefined) };
}

test.each([0, 1, 200, 201, 450])("a view of %i trials arrives once, whole and exact", (size) => {
  const trials = Array.from({ length: size }, (_, number) => trialOf(number));
  const event = { kind: "snapshot", revision: 9, token: "t.9", study, trials } as const;
  expect(send(event)).toEqual({ count: Math.max(1, Math.ceil(size / 200)), events: [event] });
});

test.each<StudyWatchEvent>([
  { kind: "changes", revision: 9, token: "t.9", study, trials: [trialOf(3)] },
  { kind: "bookmark", revision: 9, token: "t.9" },
  { kind: "ended", revision: 9, token: "t.9" },
])("$kind arrives as it was", (event) => {
  expect(send(event)).toEqual({ count: 1, events: [event] });
});

test("something else in the middle of a view is refused", () => {
  const trials = Array.from({ length: 201 }, (_, number) => trialOf(number));
  const [first] = toWireStudyEvent({ kind: "snapshot", revision: 9, token: "t.9", study, trials });
  const [bookmark] = toWireStudyEvent({ kind: "bookmark", revision: 9, token: "t.9" });
  const join = createStudyJoin();
  if (first === undefined || bookmark === undefined) return expect.fail("each has a first message");
  expect(join(first)).toBeUndefined();
  expect(() => join(bookmark)).toThrow("event comes in the middle of a view");
});
