import { describe } from "vitest";
import { describeSessions } from "./store/describe-sessions.ts";
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
    describeWatching(opened, facts);
  });
}
