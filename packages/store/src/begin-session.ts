import { type Command, counted, storeError } from "@trimtab/core";
import type { SessionExpiry } from "./session-expiry.ts";
import type { SessionIndex } from "./session-index.ts";
import type { LoadedSession, SessionTable } from "./session-table.ts";
import type { SessionWriter } from "./session-writer.ts";
import type { HowToWrite } from "./write-maker.ts";
import type { WriteResult } from "./write-pipeline.ts";

/** What beginning a session takes. */
export interface SessionBeginningOptions {
  readonly maxSessions: number;
  readonly index: SessionIndex;
  readonly table: Pick<SessionTable, "release">;
  readonly writer: Pick<SessionWriter, "write">;
  /** Throws where the store is closed, or a session may not be called so. */
  readonly checkOpen: (id: string) => void;
  /** Keeps a session in memory, live or not, until it is released. */
  readonly hold: (id: string) => LoadedSession | Promise<LoadedSession>;
  readonly expire: SessionExpiry["expire"];
  readonly expired: (session: LoadedSession) => boolean;
}

/** Makes the function that begins a session where there may be one more, or finds the one that is there. */
export function createSessionBeginning(options: SessionBeginningOptions) {
  const { maxSessions, index, table, writer, checkOpen, hold, expire, expired } = options;
  return async (id: string, commands: readonly Command[], by: HowToWrite): Promise<WriteResult> => {
    checkOpen(id);
    await index.ready();
    const session = await hold(id);
    try {
      // An expired session that nobody has swept yet makes room for its successor.
      if (session.summary.status === "live" && expired(session)) await expire(session);
      if (session.summary.status !== "live" && index.size > maxSessions) {
        const details = { field: "sessions", limit: maxSessions, value: index.size };
        const message = `the store may hold ${counted(maxSessions, "session")}, this would be one more`;
        throw storeError("limit_exceeded", message, details);
      }
      return await writer.write(session, commands, by);
    } finally {
      table.release(session);
    }
  };
}
