import type { ValueRecord } from "../payload.ts";
import type { Page, PageOptions } from "./page.ts";
import type { DeleteOptions, Receipt, WriteOptions } from "./write.ts";

/** The part of a store that deals with programs. */
export interface ProgramStore {
  /** Stores a program: a named plain-data body that travels with the session. */
  putProgram(session: string, id: string, body: ValueRecord, options?: WriteOptions): Promise<Receipt>;
  getProgram(session: string, id: string): Promise<Program>;
  listPrograms(session: string, options?: PageOptions): Promise<Page<Program>>;
  deleteProgram(session: string, id: string, options?: DeleteOptions): Promise<Receipt>;
}

/** A named plain-data body in a session. */
export interface Program {
  readonly id: string;
  readonly body: ValueRecord;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}
