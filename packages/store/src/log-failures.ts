import { isStoreError, type StoreError, storeError } from "@trimtab/core";
import {
  type CommitLog,
  gathering,
  isLogError,
  type LogError,
  missingKey,
  type SnapshotStore,
  type SummaryStore,
} from "@trimtab/log";

/** A log whose failures are those that a store tells its callers. */
export function tellingLogFailures<Data>(log: CommitLog<Data>): CommitLog<Data> {
  return {
    append: (stream, after, entries) => log.append(stream, after, entries).catch(rethrow(stream)),
    ...gathering(log),
    read: (stream, after, limit) => log.read(stream, after, limit).catch(rethrow(stream)),
    follow: (stream, after, signal) => telling(stream, log.follow(stream, after, signal)),
    trim: (stream, through) => log.trim(stream, through).catch(rethrow(stream)),
    before: (stream, bytes) => log.before(stream, bytes).catch(rethrow(stream)),
    streams: () => telling("", log.streams()),
  };
}

/** Snapshots whose failures are those that a store tells its callers. */
export function tellingSnapshotFailures<Data>(snapshots: SnapshotStore<Data>): SnapshotStore<Data> {
  return {
    save: (stream, number, data) => snapshots.save(stream, number, data).catch(rethrow(stream)),
    load: (stream, through) => snapshots.load(stream, through).catch(rethrow(stream)),
    trim: (stream, through) => snapshots.trim(stream, through).catch(rethrow(stream)),
    drop: (stream) => snapshots.drop(stream).catch(rethrow(stream)),
  };
}

/** Summaries whose failures are those that a store tells its callers. */
export function tellingSummaryFailures<Data>(summaries: SummaryStore<Data>): SummaryStore<Data> {
  return {
    save: (stream, number, data) => summaries.save(stream, number, data).catch(rethrow(stream)),
    all: () => telling("", summaries.all()),
    drop: (stream) => summaries.drop(stream).catch(rethrow(stream)),
  };
}

async function* telling<T>(stream: string, found: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* found;
  } catch (error) {
    throw fromLogFailure(stream, error);
  }
}

const rethrow = (session: string) => (error: unknown) => {
  throw fromLogFailure(session, error);
};

/** What a caller is told of a failing log: never more than that it failed, where its fault is nobody's business. */
function fromLogFailure(session: string, error: unknown): StoreError {
  if (isStoreError(error)) return named(session, error);
  if (isLogError(error)) return byCode(session, error);
  return storeError("unavailable", `the log of session ${session} did not answer`, {}, { cause: error });
}

/** What decodes entries does not know whose they are. */
function named(session: string, error: StoreError): StoreError {
  if (!isStoreError(error, "data_loss") || error.details.session !== "" || session === "") return error;
  return storeError("data_loss", `what is stored of session ${session} is damaged`, { session }, { cause: error });
}

function byCode(session: string, cause: LogError): StoreError {
  switch (cause.code) {
    case "full":
      return storeError("storage_full", "there is no room left to store the write", { session }, { cause });
    case "read_only":
      return storeError("storage_read_only", "the storage may not be written to", { session }, { cause });
    case "damaged":
      return storeError("data_loss", `what is stored of session ${session} is damaged`, { session }, { cause });
    case "unsupported": {
      const details = { session, ...missingKey(cause) };
      const message = `what is stored of session ${session} cannot be opened: ${cause.message}`;
      return storeError("data_loss", message, details, { cause });
    }
    default:
      return storeError("unavailable", `the log of session ${session} did not answer`, {}, { cause });
  }
}
