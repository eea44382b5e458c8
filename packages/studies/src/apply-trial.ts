import { type Store, storeError } from "@trimtab/core";
import { bestTrial, type Trial } from "@trimtab/optimize";
import type { StudyLog } from "./study-log.ts";

/** A study and where its variables live. */
interface Promotion {
  readonly study: StudyLog;
  readonly store: Store;
  readonly session: string;
  readonly id: string;
  readonly now: () => number;
}

/** Sets the live variables to a trial's values in one commit, and notes what there was before. */
export async function applyTrial({ study, store, session, id, now }: Promotion, given?: Trial): Promise<Trial> {
  const trial = given ?? bestTrial(study.view.state);
  if (trial?.state !== "complete") {
    const message = trial === undefined ? "no trial is complete" : `trial ${trial.number} is ${trial.state}`;
    throw storeError("not_found", `study ${id}: ${message}`, {
      resource: "trial",
      id: String(trial?.number ?? "best"),
    });
  }
  const names = Object.keys(trial.parameters);
  const present = await Promise.all(names.map((name) => store.getVariable(session, name)));
  const expectedVersions = Object.fromEntries(present.map(({ name, version }) => [name, version]));
  const metadata = { study: id, trial: trial.number };
  const { applied } = await store.setVariables(session, trial.parameters, { expectedVersions, metadata });
  const before = Object.fromEntries(present.map(({ name, value }) => [name, value]));
  const versions = Object.fromEntries(Array.from(applied.values(), ({ name, version }) => [name, version]));
  await study.record(() => ({ kind: "trial-applied", atMs: now(), number: trial.number, before, versions }));
  return trial;
}

/** Sets the variables back to what they were before the study wrote them, in one commit. */
export async function rollBackStudy({ study, store, session, id, now }: Promotion): Promise<void> {
  const { applied } = study.view;
  if (applied === undefined) return;
  const metadata = { study: id, reason: "rollback" };
  await store.setVariables(session, applied.before, { expectedVersions: applied.versions, metadata });
  await study.record(() => ({ kind: "study-rolled-back", atMs: now() }));
}
