import { describeHostileCalls } from "./fuzz/describe-hostile-calls.ts";

describeHostileCalls({ runs: 200 });
