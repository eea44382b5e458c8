import { StoreError, storeError } from "@trimtab/core";
import type { CommitLog } from "@trimtab/log";
import { decideStudy, type StudyCommand, type Trial } from "@trimtab/optimize";
import type { StudyEntry, StudyRecord } from "./study-entry.ts";
import { beginStudy, evolveView, type StudyMeans, type StudyView } from "./study-fold.ts";

/** One study at rest and in memory: decides on all that is in its log, this process's doing or another's. */
export interface StudyLog {
  readonly view: StudyView;
  /** Decides a command and records what follows. */
  run(command: StudyCommand): Promise<readonly Trial[]>;
  /** Records an entry that is made from the study as it then is; nothing where there is none to make. */
  record(make: (view: StudyView) => StudyEntry | undefined): Promise<void>;
}

/** Opens a study: goes on with the one that is there, or makes the one that is given. */
export async function openStudyLog(
  { log, stream, now }: { log: CommitLog<StudyEntry>; stream: string; now: () => number },
  create: () => Promise<StudyRecord>,
  means: StudyMeans,
): Promise<StudyLog> {
  let view: StudyView | undefined;
  let last = 0;
  /** Takes in what others have appended; each entry is read once. */
  const catchUp = async (): Promise<void> => {
    for (;;) {
      const read = await log.read(stream, last, 1000);
      if (read.kind === "trimmed")
        throw storeError("data_loss", `the log of ${stream} was trimmed`, { session: stream });
      if (read.entries.length === 0) return;
      for (const entry of read.entries) take(entry);
    }
  };
  const take = (entry: StudyEntry): void => {
    if (view !== undefined) view = evolveView(view, entry, means);
    else if (entry.kind === "study-created") view = beginStudy(entry.study, means);
    last++;
  };
  await catchUp();
  while (view === undefined) {
    const entry: StudyEntry = { kind: "study-created", atMs: now(), study: await create() };
    beginStudy(entry.study, means);
    if (await log.append(stream, 0, [entry])) take(entry);
    else await catchUp();
  }
  const present = (): StudyView => {
    if (view === undefined) throw new RangeError("a study that was opened is there");
    return view;
  };
  const append = async <T>(decide: (view: StudyView) => { entry: StudyEntry | undefined; result: T }): Promise<T> => {
    for (;;) {
      const { entry, result } = decide(present());
      if (entry === undefined) return result;
      if (await log.append(stream, last, [entry])) {
        take(entry);
        return result;
      }
      await catchUp();
    }
  };
  let queue: Promise<unknown> = Promise.resolve();
  const inOrder = <T>(work: () => Promise<T>): Promise<T> => {
    const done = queue.then(work);
    queue = done.catch(() => {});
    return done;
  };
  return {
    get view() {
      return present();
    },
    async run(command) {
      const numbers = await inOrder(() => append((seen) => decideEntry(seen, command, now())));
      return numbers.flatMap((number) => present().state.trials[number] ?? []);
    },
    record: (make) => inOrder(() => append((seen) => ({ entry: make(seen), result: undefined }))),
  };
}

function decideEntry({ state }: StudyView, command: StudyCommand, atMs: number) {
  const decision = decideStudy(state, command);
  if (decision.kind === "refused") throw new StoreError(decision.refusal);
  const events = decision.events.filter((event) => event.kind !== "space-changed");
  const entry: StudyEntry | undefined = events.length === 0 ? undefined : { kind: "study-advanced", atMs, events };
  return { entry, result: decision.numbers };
}
