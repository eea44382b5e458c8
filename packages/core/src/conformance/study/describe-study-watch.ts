import { describe, expect, test } from "vitest";
import type { StudyStore, StudyWatchEvent, WatchStudyOptions } from "../../index.ts";
import { ask, type OpenStudies, openSample, refusalOf } from "./harness.ts";

/** A watch of the study, one event after the other. */
function watching(studies: StudyStore, options: WatchStudyOptions = {}) {
  const events = studies.watchStudy("s", "one", options)[Symbol.asyncIterator]();
  return {
    async next(): Promise<StudyWatchEvent> {
      const { value, done } = await events.next();
      return done === true ? expect.fail("the watch is over") : value;
    },
    /** The next event that is no bookmark, which comes whenever nothing has happened for a while. */
    async telling() {
      for (;;) {
        const event = await this.next();
        if (event.kind !== "bookmark") return event;
      }
    },
    /** The next event that tells of the study as it is now. */
    async change() {
      const event = await this.telling();
      return event.kind === "ended" ? expect.fail("the study has ended") : event;
    },
    stop: () => events.return?.(),
  };
}

/** Registers what studies promise to those who watch them. */
export function describeStudyWatch(opened: OpenStudies): void {
  describe("a watched study", () => {
    test("is told as it is and then as it changes, and resumes at every event", async () => {
      const { studies } = await openSample(opened);
      const watch = watching(studies);
      const first = await watch.change();
      expect(first).toMatchObject({ kind: "snapshot", trials: [], study: { id: "one" } });
      const { number } = await ask(studies);
      const started = await watch.change();
      expect(started).toMatchObject({ kind: "changes", trials: [{ number, state: "running" }] });
      await studies.tellTrial("s", "one", { number, values: [1] });
      const ended = await watch.change();
      expect(ended).toMatchObject({
        kind: "changes",
        trials: [{ number, state: "complete" }],
        study: { bestTrial: number },
      });
      expect(started.revision).toBeLessThan(ended.revision);
      await watch.stop();
      const resumed = watching(studies, { after: first.token });
      expect(await resumed.change()).toMatchObject({ kind: "changes", trials: [{ number, state: "complete" }] });
      await resumed.stop();
      const quiet = watching(studies, { after: ended.token });
      expect(await quiet.next()).toMatchObject({ kind: "bookmark", token: ended.token });
      await quiet.stop();
    });

    test("leaves out what has ended where that is asked for", async () => {
      const { studies } = await openSample(opened);
      await studies.askTrials("s", "one", { count: 2 });
      await studies.tellTrial("s", "one", { number: 0, values: [1] });
      const watch = watching(studies, { omitEndedTrials: true });
      const { trials } = await watch.change();
      expect(trials.map(({ number }) => number)).toEqual([1]);
      await watch.stop();
    });

    test("ends with the study, and begins anew with one of the same id", async () => {
      const { studies } = await openSample(opened);
      const watch = watching(studies);
      const { token } = await watch.change();
      const next = watch.telling();
      await studies.deleteStudy("s", "one");
      expect((await next).kind).toBe("ended");
      await studies.createStudy("s", { id: "one", variables: ["count"] });
      const resumed = watching(studies, { after: token });
      expect(await resumed.change()).toMatchObject({ kind: "snapshot", study: { variables: [{ name: "count" }] } });
      await resumed.stop();
    });

    test("stops when its reader does", async () => {
      const { studies } = await openSample(opened);
      const stop = new AbortController();
      const events = studies.watchStudy("s", "one", { signal: stop.signal })[Symbol.asyncIterator]();
      await events.next();
      const waiting = events.next();
      stop.abort();
      expect((await waiting).done).toBe(true);
    });

    test("refuses a token of something else, and a study that is not there", async () => {
      const { studies } = await openSample(opened);
      await refusalOf(watching(studies, { after: "elsewhere" }).next(), "invalid_argument");
      const absent = studies.watchStudy("s", "none")[Symbol.asyncIterator]();
      await refusalOf(absent.next(), "not_found");
    });
  });
}
