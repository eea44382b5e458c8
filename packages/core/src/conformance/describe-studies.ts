import { describe } from "vitest";
import { closingAfterEach } from "./store/harness.ts";
import { describeApplying } from "./study/describe-applying.ts";
import { describeStudyInfo } from "./study/describe-study-info.ts";
import { describeStudyWatch } from "./study/describe-study-watch.ts";
import { describeTrials } from "./study/describe-trials.ts";
import type { OpenStudies } from "./study/harness.ts";

/**
 * Registers what every `StudyStore` must hold, however it is reached: in process or over a network. `open` gives studies
 * over an empty store for each test.
 */
export function describeStudies(name: string, open: OpenStudies): void {
  describe(`StudyStore: ${name}`, () => {
    const opened = closingAfterEach(open);
    describeStudyInfo(opened);
    describeTrials(opened);
    describeApplying(opened);
    describeStudyWatch(opened);
  });
}
