import { type StoreError, storeError } from "@trimtab/core";
import type { CommitLog, SnapshotStore } from "@trimtab/log";
import { type Asker, headOf } from "./asker.ts";
import { createQueue } from "./create-queue.ts";
import { notAhead } from "./hearings.ts";
import { createKnownChanges, type EntryPlace } from "./known-changes.ts";
import { telling } from "./log-failures.ts";
import type { EntryHead, EntryRequest, StudyEntry, StudyHappening, StudyRecord } from "./study-entry.ts";
import { beginStudy, evolveView, type StudyMeans, type StudyView } from "./study-fold.ts";
import { fromSnapshot, type StudySnapshot, takeSnapshot } from "./study-snapshot.ts";

/** Where studies are kept. */
export interface StudyPlace {
  readonly log: CommitLog<StudyEntry>;
  /** Without it a study is read from its beginning whenever it is opened. */
  readonly snapshots?: SnapshotStore<StudySnapshot> | undefined;
  readonly now: () => number;
  /** When this process began, where no other one appends to the log: what was heard of trials before is no later than that. */
  readonly beganMs?: number | undefined;
}

/** What follows from a command: what happens, if anything, and the trials that it speaks of. */
export interface Draft {
  readonly happening?: StudyHappening | undefined;
  readonly numbers: readonly number[];
}

/** Who asks for something, and what. */
export interface Asked extends Partial<Asker> {
  /** What is asked, in a word. */
  readonly asked: string;
}

/** One study at rest and in memory: decides on all that is in its log, this process's doing or another's. */
export interface StudyLog {
  /** The study; undefined before it is created. */
  readonly view: StudyView | undefined;
  /** Number of the last entry. */
  readonly revision: number;
  /** Takes in what other processes have appended. */
  refresh(): Promise<void>;
  /** Creates the study where there is none that `isSame` accepts; says whether it did. */
  create(record: StudyRecord, isSame: (view: StudyView) => boolean, asked: Asked): Promise<boolean>;
  /** Decides a command on the study as it then is and records what follows. A request that was made before is not made again. */
  commit(decide: (view: StudyView) => Draft | Promise<Draft>, asked: Asked): Promise<readonly number[]>;
  /** Runs what applies trials and undoes that one after the other, so that none of it finds another half done. */
  promote<T>(work: () => Promise<T>): Promise<T>;
  /** The trials that a request was answered with; throws where the id was used for something else. */
  answered(requestId: string, asked: string): readonly number[] | undefined;
  /**
   * Numbers of the trials that changed after an entry, ascending; `undefined` where that is not known any more, or the entry of that
   * number is another one.
   */
  changedSince(entry: EntryPlace): readonly number[] | undefined;
  /** Calls `listener` after each entry until the function that it gives is called. */
  onEntry(listener: () => void): () => void;
  /** As `onEntry`, for somebody who waits: until then the study is in use. */
  onEntryInUse(listener: () => void): () => void;
  /** Something is under way, or somebody waits for entries. */
  readonly isInUse: boolean;
}

/** Requests that are remembered. */
const keptRequests = 4096;
/** Entries from one snapshot to the next, at least: as many as there are trials, so that what all snapshots cost grows with the entries. */
const snapshotEvery = 1000;

/** Opens what there is of a study in a log. */
export async function openStudyLog(place: StudyPlace, stream: string, means: StudyMeans): Promise<StudyLog> {
  const { log, snapshots, now } = place;
  const session = stream.slice(0, stream.indexOf("/"));
  const found = await telling(session, snapshots?.load(stream) ?? Promise.resolve(undefined));
  let view = found && fromSnapshot(found.data, means);
  let last = found?.number ?? 0;
  let snapshotAt = last;
  const requests = new Map<string, EntryRequest>(found?.data.requests.map((request) => [request.id, request]));
  const changes = createKnownChanges(view);
  const listeners = new Set<() => void>();

  const remember = (request: EntryRequest | undefined): void => {
    if (request === undefined) return;
    requests.set(request.id, request);
    for (const oldest of requests.keys()) {
      if (requests.size <= keptRequests) return;
      requests.delete(oldest);
    }
  };
  const fold = (entry: StudyEntry): StudyView | undefined =>
    entry.kind === "study-created" ? beginStudy(entry.study, entry, means) : view && evolveView(view, entry, means);
  const take = (entry: StudyEntry, next = fold(entry)): void => {
    view = next;
    if (entry.kind === "study-created") {
      requests.clear();
      changes.reset(undefined);
    }
    last++;
    remember(entry.request);
    changes.add(entry);
  };
  const ring = (): void => {
    for (const listener of listeners) listener();
  };
  const catchUp = async (): Promise<void> => {
    for (;;) {
      const read = await telling(session, log.read(stream, last, 1000));
      if (read.kind === "trimmed") {
        const later = await telling(session, snapshots?.load(stream) ?? Promise.resolve(undefined));
        if (later === undefined || later.number < read.through) {
          // A study that was deleted leaves nothing but the numbers of its entries.
          [view, last] = [undefined, read.through];
          changes.reset(undefined);
          ring();
          continue;
        }
        [view, last, snapshotAt] = [fromSnapshot(later.data, means), later.number, later.number];
        changes.reset(view);
        for (const request of later.data.requests) remember(request);
        ring();
        continue;
      }
      // Appending behind what the log has not would be tried for ever.
      if (read.first <= last) throw endsBefore(stream, read.first - 1, last);
      if (read.entries.length === 0) return;
      for (const entry of read.entries) take(entry);
      ring();
    }
  };
  const saveSnapshot = async (): Promise<void> => {
    if (snapshots === undefined || view === undefined) return;
    if (last - snapshotAt < Math.max(snapshotEvery, view.state.table.all.size)) return;
    snapshotAt = last;
    try {
      await snapshots.save(stream, last, takeSnapshot(view, requests.values()));
      await log.trim(stream, await snapshots.trim(stream, snapshotAt));
    } catch {
      // What cannot be saved now is saved later; the log still has everything.
    }
  };
  const append = async (happening: StudyHappening, head: Omit<EntryHead, "atMs">): Promise<boolean> => {
    const entry: StudyEntry = { ...happening, ...head, atMs: now() };
    // What cannot be folded is not recorded, since it would keep the study from being read.
    const next = fold(entry);
    if (!(await telling(session, log.append(stream, last, [entry])))) {
      await catchUp();
      return false;
    }
    take(entry, next);
    ring();
    if (entry.kind === "study-deleted") await clear();
    else await saveSnapshot();
    return true;
  };
  const clear = async (): Promise<void> => {
    await telling(session, snapshots?.drop(stream) ?? Promise.resolve());
    await telling(session, log.trim(stream, last));
  };
  const answered = (requestId: string, asked: string): readonly number[] | undefined => {
    const known = requests.get(requestId);
    if (known !== undefined && known.asked !== asked) throw usedOtherwise(known);
    return known?.numbers;
  };
  const inOrder = createQueue();
  const promoting = createQueue();
  let waiting = 0;
  const onEntry = (listener: () => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
  await catchUp();
  const { beganMs } = place;
  if (view !== undefined && beganMs !== undefined) {
    view = { ...view, heard: notAhead(view.heard, { beganMs, nowMs: now() }) };
  }
  return {
    get view() {
      return view?.isDeleted ? undefined : view;
    },
    get revision() {
      return last;
    },
    get isInUse() {
      return waiting > 0 || inOrder.pending() + promoting.pending() > 0;
    },
    refresh: () => inOrder(catchUp),
    create: (study, isSame, asked) =>
      inOrder(async () => {
        for (;;) {
          if (view !== undefined && !view.isDeleted && isSame(view)) return false;
          if (await append({ kind: "study-created", study }, headOf(asked, []))) return true;
        }
      }),
    commit: (decide, asked) =>
      inOrder(async () => {
        for (;;) {
          if (view === undefined || view.isDeleted) throw missing(stream);
          const known = asked.requestId === undefined ? undefined : answered(asked.requestId, asked.asked);
          if (known !== undefined) return known;
          const { happening, numbers } = await decide(view);
          if (happening === undefined || (await append(happening, headOf(asked, numbers)))) return numbers;
        }
      }),
    promote: (work) => promoting(work),
    answered,
    changedSince: ({ revision, atMs }) => changes.after(last - revision, atMs),
    onEntry,
    onEntryInUse(listener) {
      const release = onEntry(listener);
      waiting++;
      return () => {
        release();
        waiting--;
      };
    },
  };
}

const missing = (stream: string): StoreError => {
  const id = stream.slice(stream.indexOf("/") + 1);
  return storeError("not_found", `there is no study ${id}`, { resource: "study", id });
};

function endsBefore(stream: string, end: number, known: number): StoreError {
  const [session = "", id] = stream.split("/");
  const message = `the log of study ${id} ends with entry ${end}, and its snapshot is of entry ${known}`;
  return storeError("data_loss", message, { session });
}

const usedOtherwise = ({ id, asked }: EntryRequest): StoreError =>
  storeError("invalid_argument", `requestId: ${id} was used for another request, ${asked}`, {
    field: "requestId",
    value: id,
  });
