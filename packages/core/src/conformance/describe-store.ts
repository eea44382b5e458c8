import { describe } from "vitest";
import { describeAccess } from "./store/describe-access.ts";
import { describeBatchReads } from "./store/describe-batch-reads.ts";
import { describeConfigurationSpaces } from "./store/describe-configuration-spaces.ts";
import { describeDependencies } from "./store/describe-dependencies.ts";
import { describeDerivations } from "./store/describe-derivations.ts";
import { describeForks } from "./store/describe-forks.ts";
import { describeHistory } from "./store/describe-history.ts";
import { describeLabels } from "./store/describe-labels.ts";
import { describeOptimizations } from "./store/describe-optimizations.ts";
import { describeRequests } from "./store/describe-requests.ts";
import { describeRestoring } from "./store/describe-restoring.ts";
import { describeRollback } from "./store/describe-rollback.ts";
import { describeRules } from "./store/describe-rules.ts";
import { describeSessions } from "./store/describe-sessions.ts";
import { describeTransfer } from "./store/describe-transfer.ts";
import { describeVariables } from "./store/describe-variables.ts";
import { describeWatching } from "./store/describe-watching.ts";
import { closingAfterEach, type OpenStore, type StoreFacts } from "./store/harness.ts";

/**
 * Registers what every `Store` must hold, however it is reached: in process, guarded, or over a network.
 * `open` gives an empty store for each test, which knows at least the types float, integer, string, boolean and choice.
 */
export function describeStore(name: string, open: OpenStore, facts: StoreFacts = {}): void {
  describe(`Store: ${name}`, () => {
    const opened = closingAfterEach(open);
    describeSessions(opened);
    describeVariables(opened);
    describeBatchReads(opened);
    describeWatching(opened, facts);
    describeDependencies(opened);
    describeDerivations(opened, facts);
    describeRules(opened, facts);
    describeConfigurationSpaces(opened, facts);
    describeHistory(opened, facts);
    describeRollback(opened, facts);
    describeForks(opened);
    describeRestoring(opened, facts);
    describeLabels(opened);
    describeOptimizations(opened, facts);
    describeRequests(opened, facts);
    describeTransfer(opened);
    describeAccess(opened, facts);
  });
}
