import { describeArguments } from "@trimtab/core/conformance";
import { expect, test } from "vitest";
import { createAnalytics } from "./create-analytics.ts";

describeArguments(
  "making analytics",
  async () => ({ calls: { createAnalytics }, state: async () => undefined, isThrowing: true }),
  {
    createAnalytics: [
      {
        readCommits: async () => undefined,
        windows: { writes: 1, sessions: 1 },
        clock: undefined,
        maxVariables: 1,
        sampleEvery: 1,
      },
    ],
  },
);

test("durations are measured of one use in a whole number", () => {
  const making = () => createAnalytics({ readCommits: async () => undefined as never, sampleEvery: 1.5 });
  expect(making).toThrow("sampleEvery must be a whole number of at least 1, got 1.5");
});
