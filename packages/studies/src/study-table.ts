import { type Limits, type Store, unref } from "@trimtab/core";
import type { AskRules } from "@trimtab/optimize";
import { firstHeardAtMs } from "./hearings.ts";
import { telling } from "./log-failures.ts";
import type { StudyMeans } from "./study-fold.ts";
import type { StudyName } from "./study-info.ts";
import { openStudyLog, type StudyLog, type StudyPlace } from "./study-log.ts";
import { loseTrials } from "./trial-commands.ts";

/** What all studies of a process have in common. */
export interface Grounds extends StudyPlace {
  readonly means: StudyMeans;
  /** The store as nobody in particular sees it. */
  readonly store: Store;
  /** Other processes append to the log, too. */
  readonly isShared: boolean;
  readonly bookmarkIntervalMs: number;
  readonly limits: StudyLimits;
  /** Fits kernels elsewhere; this thread does unless given. */
  readonly fitKernel: AskRules["fitKernel"];
}

/** What may be how large; metrics are as metadata is. */
export type StudyLimits = Pick<Limits, "nameLength" | "metadataBytes" | "expressionLength">;

/** The studies of a log, of which those in use are in memory. */
export interface StudyTable {
  /** Opens what there is of a study. */
  open(name: StudyName): Promise<StudyLog>;
  /** Ids of a session's studies, in order; some of them may have been deleted. */
  ids(session: string): Promise<readonly string[]>;
  /** Puts trials in line again that were not heard of in time. */
  lose(study: StudyLog): Promise<void>;
  close(): void;
}

/** Studies that stay in memory; beyond, the one that was used least recently leaves it, unless somebody still has it. */
const maxOpen = 256;

const longestTimerMs = 2 ** 31 - 1;
const shortestTimerMs = 10;
/** How long to wait before what failed is tried again. */
const retryMs = 1000;

/** Makes the table. */
export function createStudyTable({ means, isShared, now, ...place }: Grounds): StudyTable {
  const opened = new Map<string, Promise<OpenStudy>>();
  const lose = async (study: StudyLog): Promise<void> => {
    await study.commit((view) => loseTrials(view, now()), { asked: "lose-trials" });
  };
  // Of one study there is one, for a second would not hear of what is done through the first.
  const left = new Map<string, WeakRef<StudyLog>>();
  const freed = new FinalizationRegistry<string>((stream) => {
    if (left.get(stream)?.deref() === undefined) left.delete(stream);
  });
  const openOne = async (stream: string): Promise<OpenStudy> => {
    const held = left.get(stream)?.deref();
    if (held !== undefined && isShared) await held.refresh();
    const study = held ?? (await openStudyLog({ ...place, now }, stream, means));
    return { study, ...createClock(study, { now, lose }) };
  };
  const makeRoom = async (opening: string): Promise<void> => {
    for (const [stream, found] of opened) {
      if (opened.size <= maxOpen) return;
      // One that could not be opened is not there any more.
      const open = await found.catch(() => undefined);
      if (open === undefined || open.study.isInUse || stream === opening || opened.get(stream) !== found) continue;
      opened.delete(stream);
      open.stop();
      left.set(stream, new WeakRef(open.study));
      freed.register(open.study, stream);
    }
  };
  return {
    lose,
    async open({ session, id }) {
      const stream = streamOf({ session, id });
      const known = opened.get(stream);
      const found = known ?? openOne(stream);
      // The one that was used last comes last.
      opened.delete(stream);
      opened.set(stream, found);
      try {
        const { study } = await found;
        if (known === undefined) await makeRoom(stream);
        else if (isShared) await study.refresh();
        return study;
      } catch (error) {
        if (opened.get(stream) === found) opened.delete(stream);
        throw error;
      }
    },
    async ids(session) {
      const ids: string[] = [];
      await telling(
        session,
        (async () => {
          for await (const { stream } of place.log.streams()) {
            if (stream.startsWith(`${session}/`)) ids.push(stream.slice(session.length + 1));
          }
        })(),
      );
      return ids.sort((a, b) => (a < b ? -1 : 1));
    },
    close() {
      for (const found of opened.values()) {
        found.then(
          ({ stop }) => stop(),
          () => {},
        );
      }
      opened.clear();
    },
  };
}

/** The stream of a study. Neither part holds a `/`. */
const streamOf = ({ session, id }: StudyName): string => `${session}/${id}`;

interface OpenStudy {
  readonly study: StudyLog;
  stop(): void;
}

/** Sees to it that lost trials are put in line again, without anybody asking. */
function createClock(
  study: StudyLog,
  { now, lose }: { readonly now: () => number; readonly lose: (study: StudyLog) => Promise<void> },
): { stop(): void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isStopped = false;
  const set = (leastMs = shortestTimerMs): void => {
    clearTimeout(timer);
    timer = undefined;
    const { view } = study;
    const heardAtMs = view && firstHeardAtMs(view.heard);
    if (isStopped || view === undefined || heardAtMs === undefined) return;
    const firstMs = heardAtMs + view.record.trialTtlMs - now() + 1;
    timer = setTimeout(ring, Math.min(Math.max(firstMs, leastMs), longestTimerMs));
    unref(timer);
  };
  // What fails now is done by whoever asks next, or later.
  const ring = () =>
    void lose(study).then(
      () => set(),
      () => set(retryMs),
    );
  const release = study.onEntry(() => set());
  set();
  return {
    stop() {
      isStopped = true;
      release();
      clearTimeout(timer);
    },
  };
}

/** Keeps up with what other processes append to a study, until the signal aborts. */
export function followStudy(
  { log, isShared }: Pick<Grounds, "log" | "isShared">,
  { name, study, signal }: { readonly name: StudyName; readonly study: StudyLog; readonly signal: AbortSignal },
): void {
  if (!isShared) return;
  const follow = async () => {
    // Where the log was trimmed past what is known, following ends, and starts from what a snapshot says.
    for (let isTrimmed = true; isTrimmed && !signal.aborted; ) {
      isTrimmed = false;
      for await (const { kind } of log.follow(streamOf(name), study.revision, signal)) {
        await study.refresh();
        isTrimmed = kind === "trimmed";
      }
    }
  };
  // A watch that hears nothing of others still hears of this process, and looks again at each sign of life.
  follow().catch(() => {});
}
