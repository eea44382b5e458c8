import { isStoreError, type StudyWatchEvent, storeError, untilLeft, type WatchStudyOptions } from "@trimtab/core";
import type { EntryPlace } from "./known-changes.ts";
import type { StudyView } from "./study-fold.ts";
import { type StudyName, toInfo, toStudyTrial } from "./study-info.ts";
import type { StudyLog } from "./study-log.ts";

/** What a watch stands on. */
export interface WatchGround {
  readonly name: StudyName;
  /** Finds the study, for as long as the caller may see it. */
  readonly locate: () => Promise<StudyLog>;
  /** Keeps up with what other processes append, until the signal aborts. */
  readonly follow: (study: StudyLog, signal: AbortSignal) => void;
  /** Milliseconds between signs of life. */
  readonly bookmarkIntervalMs: number;
}

/** Watches a study. A watch has a position, the last revision that it has told, and no queue. */
export const watchStudy = (ground: WatchGround, options: WatchStudyOptions): AsyncIterable<StudyWatchEvent> =>
  untilLeft(options.signal, (signal) => tell(ground, options, signal));

interface Position extends EntryPlace {
  readonly birth: string;
}

async function* tell(
  ground: WatchGround,
  { after, omitEndedTrials = false }: WatchStudyOptions,
  signal: AbortSignal,
): AsyncGenerator<StudyWatchEvent, undefined> {
  let at = after === undefined ? undefined : parseToken(after);
  if (signal.aborted) return undefined;
  let study = await ground.locate();
  const bell = createBell(study, signal);
  ground.follow(study, bell.signal);
  try {
    let isFirst = true;
    for (;;) {
      if (signal.aborted) return undefined;
      const view = study.view;
      if (view === undefined) return yield* over(at, study);
      const event =
        next(study, view, { at, name: ground.name, omitEndedTrials }) ??
        (isFirst ? mark(positionIn(view, study.revision)) : undefined);
      isFirst = false;
      if (event !== undefined) {
        at = positionIn(view, event.revision);
        yield event;
        if (study.revision === event.revision) continue;
      }
      // What came while an event was taken in is told to who may still see it.
      const rang = event !== undefined || (await bell.wait(ground.bookmarkIntervalMs));
      if (signal.aborted) return undefined;
      const found = await stillThere(ground);
      if (found === undefined) return yield* over(at, study);
      if (found !== study) {
        study = found;
        bell.move(study);
        ground.follow(study, bell.signal);
      } else if (!rang && study.view !== undefined) yield mark(at ?? positionIn(study.view, study.revision));
    }
  } finally {
    bell.stop();
  }
}

async function* over(at: Position | undefined, study: StudyLog): AsyncGenerator<StudyWatchEvent, undefined> {
  const position = { birth: at?.birth ?? "", revision: study.revision };
  yield { kind: "ended", revision: position.revision, token: formatToken(position) };
  return undefined;
}

/** The study, unless it is gone or may not be seen any more. */
async function stillThere({ locate }: WatchGround): Promise<StudyLog | undefined> {
  try {
    return await locate();
  } catch (error) {
    if (isStoreError(error) && error.code === "not_found") return undefined;
    throw error;
  }
}

/** Where a watch stands that has told a study as it is after its last entry. */
const positionIn = ({ record: { birth }, updatedAtMs }: StudyView, revision: number): Position => ({
  birth,
  revision,
  atMs: updatedAtMs,
});

const mark = (at: Position): StudyWatchEvent => ({ kind: "bookmark", revision: at.revision, token: formatToken(at) });

interface Sight {
  readonly at: Position | undefined;
  readonly name: StudyName;
  readonly omitEndedTrials: boolean;
}

/** What there is to tell of a study after a position, if anything. */
function next(study: StudyLog, view: StudyView, { at, name, omitEndedTrials }: Sight): StudyWatchEvent | undefined {
  const { revision } = study;
  const told = { revision, token: formatToken(positionIn(view, revision)), study: toInfo(view, name, revision) };
  const changed = at?.birth === view.record.birth ? study.changedSince(at) : undefined;
  if (changed === undefined) {
    const { trials, table } = view.state;
    const open = () => [...table.waiting.values(), ...table.running.values()].sort((a, b) => a.number - b.number);
    const shown = omitEndedTrials ? open() : trials;
    return { kind: "snapshot", ...told, trials: shown.map((trial) => toStudyTrial(view, name.id, trial)) };
  }
  if (at?.revision === revision) return undefined;
  const trials = changed.flatMap((number) => view.state.table.all.get(number) ?? []);
  return { kind: "changes", ...told, trials: trials.map((trial) => toStudyTrial(view, name.id, trial)) };
}

/** Waits for a study to change. */
function createBell(first: StudyLog, signal: AbortSignal) {
  const stop = new AbortController();
  let hasRung = false;
  let wake = () => {};
  const ring = () => {
    hasRung = true;
    wake();
  };
  let release = first.onEntryInUse(ring);
  const onAbort = () => wake();
  signal.addEventListener("abort", onAbort);
  return {
    signal: stop.signal,
    /** Resolves once there is news, or the time is over; says which. */
    async wait(timeoutMs: number): Promise<boolean> {
      if (!hasRung && !signal.aborted) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, timeoutMs);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      const rang = hasRung;
      hasRung = false;
      return rang;
    },
    move(study: StudyLog): void {
      release();
      release = study.onEntryInUse(ring);
      hasRung = true;
    },
    stop(): void {
      stop.abort();
      release();
      signal.removeEventListener("abort", onAbort);
    },
  };
}

const formatToken = ({ birth, revision, atMs }: Position): string =>
  atMs === undefined ? `${birth}.${revision}` : `${birth}.${revision}.${microseconds(atMs)}`;

/** @throws StoreError `invalid_argument` for text that no watch has given out */
function parseToken(token: string): Position {
  const [, birth, digits, time] = /^([A-Za-z0-9_-]{1,64})\.(\d{1,16})(?:\.(-?\d{1,16}))?$/.exec(token) ?? [];
  const revision = Number(digits);
  if (birth === undefined || !Number.isSafeInteger(revision)) {
    const message = `after: "${token.slice(0, 80)}" is not a token of a study's watch`;
    throw storeError("invalid_argument", message, { field: "after" });
  }
  return { birth, revision, ...(time !== undefined && { atMs: Number(time) / 1000 }) };
}

const microseconds = (ms: number): number => Math.round(ms * 1000);
