import { checkWhole, storeError } from "@trimtab/core";
import type { Trial } from "@trimtab/optimize";
import { refuseIf } from "./refuse-if.ts";
import type { Located } from "./study-access.ts";
import type { StudyView } from "./study-fold.ts";

/** The study that was located, as it now is; throws `not_found` where it has been deleted since. */
export function present({ study, name }: Located): StudyView {
  if (study.view !== undefined) return study.view;
  throw storeError("not_found", `there is no study ${name.id}`, { resource: "study", id: name.id });
}

/** A trial of a study; throws `not_found`. */
export function trialAt({ state }: StudyView, number: number): Trial {
  refuseIf(checkWhole(number, "number", 0));
  const trial = state.table.all.get(number);
  if (trial !== undefined) return trial;
  throw storeError("not_found", `there is no trial ${number}`, { resource: "trial", id: String(number) });
}
