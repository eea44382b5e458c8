import type { StudyInfo, StudyTrial, StudyWatchEvent } from "@trimtab/core";
import type { WatchStudyResponse } from "./gen/trimtab/v1/study_pb.ts";
import { refuseMessage } from "./refuse.ts";
import { fromWireStudy, fromWireTrial, toWireStudy, toWireTrial } from "./study.ts";
import { fromUint64, toUint64 } from "./whole-number.ts";

/** Trials in one part of a view. */
const trialsPerPart = 200;

/** Puts an event of a watched study on the wire: the view of a large study in several messages, each other one in one. */
export function* toWireStudyEvent(event: StudyWatchEvent): Generator<WatchStudyResponse, undefined> {
  const at = { $typeName: "trimtab.v1.WatchStudyResponse", revision: toUint64(event.revision) } as const;
  const { token } = event;
  switch (event.kind) {
    case "bookmark":
      yield { ...at, token, event: { case: "bookmark", value: { $typeName: "trimtab.v1.WatchBookmark" } } };
      return undefined;
    case "ended":
      yield { ...at, token, event: { case: "ended", value: { $typeName: "trimtab.v1.StudyEnded" } } };
      return undefined;
    case "changes": {
      const study = toWireStudy(event.study);
      const trials = event.trials.map(toWireTrial);
      yield {
        ...at,
        token,
        event: { case: "changes", value: { $typeName: "trimtab.v1.StudyChanges", study, trials } },
      };
      return undefined;
    }
    case "snapshot": {
      for (let from = 0; from === 0 || from < event.trials.length; from += trialsPerPart) {
        const more = from + trialsPerPart < event.trials.length;
        const trials = event.trials.slice(from, from + trialsPerPart).map(toWireTrial);
        const study = from === 0 ? { study: toWireStudy(event.study) } : {};
        const value = { $typeName: "trimtab.v1.StudySnapshot", ...study, trials, more } as const;
        yield { ...at, token: more ? "" : token, event: { case: "snapshot", value } };
      }
      return undefined;
    }
  }
}

/**
 * Makes a reader for the messages of one watch, in order. It gives the event that a message completes, or `undefined`
 * where more parts of the same view follow: a view is given once, whole.
 *
 * @throws StoreError `invalid_argument` naming the part of a message that means nothing
 */
export function createStudyJoin(): (message: WatchStudyResponse) => StudyWatchEvent | undefined {
  let study: StudyInfo | undefined;
  let trials: StudyTrial[] = [];
  return ({ event, token, revision }) => {
    const at = { revision: fromUint64(revision, "revision"), token };
    if (event.case === "snapshot") {
      study ??= fromWireStudy(event.value.study);
      trials.push(...event.value.trials.map((each, index) => fromWireTrial(each, `trials[${index}]`)));
      if (event.value.more) return undefined;
      const view = { kind: "snapshot", ...at, study, trials } as const;
      [study, trials] = [undefined, []];
      return view;
    }
    if (study !== undefined) throw refuseMessage("event", "comes in the middle of a view");
    switch (event.case) {
      case "changes": {
        const changed = event.value.trials.map((each, index) => fromWireTrial(each, `trials[${index}]`));
        return { kind: "changes", ...at, study: fromWireStudy(event.value.study), trials: changed };
      }
      case "bookmark":
        return { kind: "bookmark", ...at };
      case "ended":
        return { kind: "ended", ...at };
      default:
        throw refuseMessage("event", "is of no known kind");
    }
  };
}
