import type { Command } from "@trimtab/core";
import type { Clock } from "./clock.ts";
import type { EndedSessions } from "./ended-sessions.ts";
import { endsSession } from "./ends-session.ts";
import type { LoadedSession, SessionTable } from "./session-table.ts";
import type { WaitingWrites } from "./waiting-writes.ts";
import type { createWriteMaker, HowToWrite } from "./write-maker.ts";
import type { WriteResult } from "./write-pipeline.ts";

/** What writes to sessions work with. */
export interface WriterOptions {
  readonly clock: Clock;
  readonly table: SessionTable;
  readonly ended: EndedSessions;
  readonly waiting: WaitingWrites;
  readonly toWrite: ReturnType<typeof createWriteMaker>;
  /** Throws where a session is not live at a moment of the clock that never jumps. */
  readonly requireLive: (id: string, session: LoadedSession, at: number) => LoadedSession;
}

/** Writes to sessions that are in memory, and counts that as an access. */
export interface SessionWriter {
  /** Writes to a session that the caller keeps in memory. */
  write(session: LoadedSession, commands: readonly Command[], by: HowToWrite): Promise<WriteResult>;
  /**
   * Writes to a live session, which the caller holds and no longer needs, for a write that waits; at once where nothing
   * has to be waited for.
   */
  writeAndLeave(
    session: LoadedSession,
    commands: readonly Command[],
    by: HowToWrite,
  ): WriteResult | Promise<WriteResult>;
}

/** Makes the writer of a store's sessions. It makes as few promises as it can: they are much of what a write costs. */
export function createSessionWriter(options: WriterOptions): SessionWriter {
  const { clock, table, ended, waiting, toWrite, requireLive } = options;

  const written = (
    session: LoadedSession,
    { commit, revision }: WriteResult,
    by: HowToWrite,
    at = clock.elapsed(),
  ): void => {
    table.touch(session, at);
    if (commit === undefined) return;
    if (by.validateOnly !== true) table.written(session, commit);
    if (endsSession(commit)) ended.add(session.runtime.state.id, revision);
  };

  const leave = (session: LoadedSession): void => {
    table.release(session);
    waiting.leave();
  };

  const leaveLater = async (session: LoadedSession, made: Promise<WriteResult>, by: HowToWrite) => {
    try {
      const result = await made;
      written(session, result, by);
      return result;
    } finally {
      leave(session);
    }
  };

  return {
    async write(session, commands, by) {
      const result = await session.runtime.submit(toWrite(session.runtime.state.id, commands, by));
      written(session, result, by);
      return result;
    },
    writeAndLeave(session, commands, by) {
      const { id } = session.runtime.state;
      let result: WriteResult | Promise<WriteResult>;
      try {
        const at = clock.elapsed();
        result = requireLive(id, session, at).runtime.submit(toWrite(id, commands, by));
        if (result instanceof Promise) return leaveLater(session, result, by);
        written(session, result, by, at);
      } catch (error) {
        leave(session);
        throw error;
      }
      leave(session);
      return result;
    },
  };
}
