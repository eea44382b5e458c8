import { type Command, type Commit, isStoreError, type SessionState, StoreError } from "@trimtab/core";
import { type CommitLog, endOf } from "@trimtab/log";
import type { EndedSessions } from "./ended-sessions.ts";
import { absentAt } from "./session-beginning.ts";
import type { LoadedSession, SessionTable } from "./session-table.ts";
import type { Sessions } from "./sessions.ts";
import { unlessDamaged } from "./unless-damaged.ts";
import type { createWriteMaker, HowToWrite } from "./write-maker.ts";
import { commitOf, decideSafely } from "./write-now.ts";
import type { WriteResult } from "./write-pipeline.ts";

/** What ending sessions that cannot be read takes. */
export interface UnreadableEndingOptions {
  readonly log: CommitLog<Commit>;
  readonly ended: EndedSessions;
  readonly toWrite: ReturnType<typeof createWriteMaker>;
  readonly table: Pick<SessionTable, "release">;
  /** Keeps a session in memory, live or not, until it is released. */
  readonly hold: (id: string) => LoadedSession | Promise<LoadedSession>;
  /** Writes in the ordinary way. */
  readonly write: Sessions["write"];
}

/** Where not even the end of a log is known any more all of it is given up first. */
const forgetting = (log: CommitLog<Commit>, id: string) => async (error: unknown) => {
  unlessDamaged(error);
  await log.trim(id, Number.MAX_SAFE_INTEGER);
  return endOf(log, id);
};

/**
 * Makes what answers a write to a session that could not be loaded. Of one that cannot be read nothing can be done but end it: its
 * end is appended behind what there is, as that of any other, so that whoever follows the log, the audit among them, hears of it. Then
 * what could not be read is freed.
 */
export function createUnreadableEnding({ log, ended, toWrite, table, hold, write }: UnreadableEndingOptions) {
  const end = async (
    unreadable: StoreError,
    id: string,
    commands: readonly Command[],
    by: HowToWrite,
  ): Promise<WriteResult> => {
    const last = await endOf(log, id).catch(forgetting(log, id));
    const ending = toWrite(id, commands, by);
    const context = ending.context();
    const state: SessionState = { ...absentAt(id, last), status: "live" };
    const decision = decideSafely(state, ending, context);
    if (decision.kind === "refused") throw new StoreError(decision.refusal);
    const commit = commitOf(state, decision, context);
    if (commit === undefined || ending.validateOnly === true) return { revision: last, commit, decision };
    if (!(await log.append(id, last, [commit]))) {
      // Whoever was first may have ended it.
      if ((await endOf(log, id)) === last) throw unreadable;
      return write(id, commands, by);
    }
    ended.add(id, commit.revision);
    // Loading it frees what is unreadable. Where that fails now it is tried again by whoever loads it next.
    await Promise.resolve(hold(id)).then(table.release, () => {});
    return { revision: commit.revision, commit, decision };
  };
  return (error: unknown, id: string, commands: readonly Command[], by: HowToWrite): Promise<WriteResult> =>
    commands[0]?.kind === "delete-session" && isStoreError(error, "data_loss")
      ? end(error, id, commands, by)
      : Promise.reject(error);
}
