import { describeHostileCalls } from "./fuzz/describe-hostile-calls.ts";

// The same few calls each time; the long suite makes many.
describeHostileCalls({ runs: 10, seed: 1 });
