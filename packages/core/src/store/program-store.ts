import type { ValueRecord } from "../payload.ts";
import type { Page, PageOptions } from "./page.ts";
import type { DeleteOptions, Receipt, WriteOptions } from "./write.ts";

/** The part of a store that deals with programs. */
export interface ProgramStore {
  /**
   * Stores or replaces a program: a named plain-data body that travels with the session. Rejects with `invalid_argument` for an id
   * that is none of 1 to 255 characters without control characters or `/`, and with `limit_exceeded` for a body beyond 4 MiB or a
   * program too many, unless limits say otherwise.
   */
  putProgram(session: string, id: string, body: ValueRecord, options?: WriteOptions): Promise<Receipt>;
  /** Reads a program; rejects with `not_found`. */
  getProgram(session: string, id: string): Promise<Program>;
  /** Lists programs, oldest first. */
  listPrograms(session: string, options?: PageOptions): Promise<Page<Program>>;
  /** Deletes a program; rejects with `not_found` unless `allowMissing`. */
  deleteProgram(session: string, id: string, options?: DeleteOptions): Promise<Receipt>;
}

/** A named plain-data body in a session. Times are milliseconds since the Unix epoch. */
export interface Program {
  readonly id: string;
  readonly body: ValueRecord;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}
