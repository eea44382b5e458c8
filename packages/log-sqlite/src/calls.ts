import type { Failure } from "./failure.ts";
import type { PackedData } from "./packed-data.ts";
import type { ReadAnswer, ReadRequest, SnapshotAnswer, SnapshotRequest, StreamsPage, SummariesPage } from "./reader.ts";
import type { SqliteLogReport } from "./report.ts";
import type { Window } from "./window.ts";
import type { Outcome, Write } from "./writer.ts";

/** What a thread works for; each answers its own part of {@link Calls}. */
export type Role = "writer" | "reader" | "verifier" | "backup";

/** Where a thread's bell says with 1 that appends are about to come. */
export const announcedAt = 1;

/** Where a thread's bell says the number of the last call whose reply is noted, as 32 bits of it. */
export const notedAt = 2;

/** Makes a thread's bell; see {@link Start}. */
export const createBell = (): Int32Array<SharedArrayBuffer> =>
  new Int32Array(new SharedArrayBuffer(3 * Int32Array.BYTES_PER_ELEMENT));

/** What a thread is started with. */
export interface Start {
  readonly role: Role;
  /** The data folder, as an absolute path. */
  readonly directory: string;
  readonly acceptLoss: boolean;
  /** Shared memory that goes up by one, and wakes the thread, whenever something is asked; at {@link announcedAt} it is told of what will be, at {@link notedAt} it tells what is noted. */
  readonly bell: Int32Array<SharedArrayBuffer>;
  /** Shared memory through which small appends come; see `createSlots`. */
  readonly slots: SharedArrayBuffer;
  /** Through which large data comes to the writer; the reader works out hashes of what is in it. */
  readonly window?: Window;
}

/** What each of some writes came to; one word where all of them were made. */
export type Outcomes = "made" | readonly Outcome[];

/** What threads are asked, and what they answer. */
export interface Calls {
  write(request: WriteRequest): Outcomes;
  read(request: ReadRequest): ReadAnswer;
  before(request: { readonly stream: string; readonly bytes: number }): number;
  streams(afterId: number): StreamsPage;
  summaries(afterId: number): SummariesPage;
  snapshot(request: SnapshotRequest): SnapshotAnswer;
  verify(): SqliteLogReport;
  backup(target: string): { readonly bytes: number };
  close(): void;
}

/** What is to be written. */
export interface WriteRequest {
  readonly writes: readonly Write[];
  readonly packed: PackedData;
  /** Data that is in sections comes through the window, and is not in `packed`: then there is one write. */
  readonly isStreamed: boolean;
}

/** A call on its way to a thread; the numbers count all calls, in their order. */
export interface Request {
  readonly id: number;
  readonly call: keyof Calls;
  readonly argument: unknown;
}

/** What comes back; number 0 is for the start itself. A number alone says that its writes were made. */
export type Reply =
  | number
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly failure: Failure };
