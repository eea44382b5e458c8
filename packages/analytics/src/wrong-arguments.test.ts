import { describeArguments } from "@trimtab/core/conformance";
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
