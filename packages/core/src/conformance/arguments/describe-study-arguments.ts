import type { OpenStudies } from "../study/harness.ts";
import { describeArguments } from "./describe-arguments.ts";
import { prepareStoreCalls, stateOf } from "./store-calls.ts";
import { studyCalls } from "./study-calls.ts";

/** Registers what every `StudyStore` must hold of arguments that are wrong, as programs without types have them. */
export function describeStudyArguments(name: string, open: OpenStudies): void {
  const prepared = async () => {
    const { store, studies, close } = await open();
    await prepareStoreCalls(store);
    await studies.createStudy("s", { id: "one", variables: ["x"], sampler: { name: "random" }, seed: 1 });
    await studies.askTrials("s", "one", { clientId: "worker" });
    const state = async () => {
      const { items } = await studies.listStudies("s");
      const revisions = items.map(({ id, revision, trialCounts }) => [id, revision, trialCounts]);
      return [await stateOf(store), revisions];
    };
    return { calls: studies, state, ...(close !== undefined && { close }) };
  };
  describeArguments(name, prepared, studyCalls);
}
