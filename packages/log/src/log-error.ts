/** What kind of failure a log reports: a closed set, so that a store can answer each in its own words. */
export const logErrorCodes = [
  /** There is no room; writes work again once there is. Reads go on. */
  "full",
  /** The storage may not be written to. Reads go on. */
  "read_only",
  /** The storage did not answer this time. */
  "unavailable",
  /** What is stored is not what was written; `details` say where, and what is intact. It is never served as data. */
  "damaged",
  /** Another process holds the storage, or what is to be made is there already. */
  "in_use",
  /** The storage is of a kind or a version that this code does not know. */
  "unsupported",
  /** The log was closed. */
  "closed",
] as const;

/** One of {@link logErrorCodes}. */
export type LogErrorCode = (typeof logErrorCodes)[number];

/** Where something is wrong: a stream, an entry's number, a file, a process. */
export type LogErrorDetails = Readonly<Record<string, string | number>>;

/**
 * What an engine rejects with when the storage fails; an argument that no log takes is a `RangeError`. A write that
 * is rejected is not in the log.
 */
export class LogError extends Error {
  override readonly name = "LogError";
  readonly code: LogErrorCode;
  readonly details: LogErrorDetails;

  constructor(code: LogErrorCode, message: string, details: LogErrorDetails = {}, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.details = details;
  }
}

/** Gives the name of the key that is missing, where a failure names one. */
export const missingKey = ({ details: { key } }: LogError): { readonly key?: string } =>
  typeof key === "string" ? { key } : {};

/** Says whether something caught is a {@link LogError}, of any code or of the one given. */
export function isLogError(error: unknown, code?: LogErrorCode): error is LogError {
  return error instanceof LogError && (code === undefined || error.code === code);
}
