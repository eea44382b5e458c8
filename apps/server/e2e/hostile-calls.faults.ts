import { describeHostileCalls } from "./fuzz/describe-hostile-calls.ts";

// The same calls each time, so that a run can be compared with the last; another seed makes others.
describeHostileCalls({ runs: 200, seed: Number(process.env["TRIMTAB_FUZZ_SEED"] ?? 1) });
