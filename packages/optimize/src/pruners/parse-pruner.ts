import { parseNamed } from "../parse-named.ts";
import { createMedianPruner } from "./median-pruner.ts";
import type { Pruner } from "./pruner.ts";
import { createSuccessiveHalvingPruner } from "./successive-halving-pruner.ts";

const makers = { median: createMedianPruner, "successive-halving": createSuccessiveHalvingPruner };

/**
 * Makes the pruner that is named: `"median"`, or `{ name: "median", config: { warmupSteps: 5 } }`, as `parseSampler` does.
 *
 * @throws StoreError `invalid_argument` for an unknown name or setting, and for a setting beyond its limit
 */
export const parsePruner = (given: unknown, others?: readonly string[]): Pruner =>
  parseNamed("pruner", makers, given, others);
