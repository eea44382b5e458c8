import type { LogErrorCode, LogErrorDetails } from "@trimtab/log";

/** A failure as data, which is how it crosses from a worker thread; the other side makes a `LogError` of it. */
export interface Failure {
  readonly code: LogErrorCode;
  readonly message: string;
  readonly details: LogErrorDetails;
}

/** Thrown within a worker thread by what knows its failure exactly. */
export class EngineError extends Error {
  readonly failure: Failure;

  constructor(code: LogErrorCode, message: string, details: LogErrorDetails = {}) {
    super(message);
    this.failure = { code, message, details };
  }
}

/** SQLite's primary result codes, https://sqlite.org/rescode.html. */
const BUSY = 5;
const READONLY = 8;
const IOERR = 10;
const CORRUPT = 11;
const FULL = 13;
const CANTOPEN = 14;
const CONSTRAINT = 19;
const NOTADB = 26;

const wordings: Readonly<Record<number, readonly [LogErrorCode, string]>> = {
  [BUSY]: ["unavailable", "another program has the database locked"],
  [READONLY]: ["read_only", "the database may not be written to"],
  [CORRUPT]: ["damaged", "the database file is damaged"],
  [FULL]: ["full", "the disk is full"],
  [CANTOPEN]: ["unavailable", "the file cannot be opened, or made where it is not there"],
  [NOTADB]: ["damaged", "the file is not a database, or its beginning is damaged"],
};

/** The errors of the operating system that mean something of their own. */
const systemCodes: Readonly<Record<string, LogErrorCode>> = {
  ENOSPC: "full",
  EDQUOT: "full",
  EROFS: "read_only",
  EACCES: "read_only",
  EPERM: "read_only",
};

/** Puts anything thrown while a file was worked on into words. */
export function toFailure(error: unknown, file: string): Failure {
  if (error instanceof EngineError) return error.failure;
  const message = error instanceof Error ? error.message : String(error);
  const code = primaryCode(error);
  if (code !== undefined) {
    const [kind, wording] = wordings[code] ?? ["unavailable", "the database did not do as asked"];
    return { code: kind, message: `${file}: ${wording} (SQLite: ${message})`, details: { file } };
  }
  return { code: systemCodes[systemCode(error)] ?? "unavailable", message: `${file}: ${message}`, details: { file } };
}

/** Makes the failure of what the system did not do with a path. */
export function systemFailure(path: string, problem: string, error?: unknown): EngineError {
  const reason = error instanceof Error ? ` (${error.message})` : "";
  return new EngineError(systemCodes[systemCode(error)] ?? "unavailable", `${path} ${problem}${reason}`, {
    file: path,
  });
}

/** Says whether SQLite found a row that is not what the schema allows; here: a number that is taken. */
export const isConstraint = (error: unknown): boolean => primaryCode(error) === CONSTRAINT;

/** Says whether SQLite could not take a lock because somebody else has it. */
export const isBusy = (error: unknown): boolean => primaryCode(error) === BUSY;

/** Says whether SQLite could not make, or open, a file that it needs beside the database. */
export const isUnmade = (error: unknown): boolean =>
  [READONLY, IOERR, FULL, CANTOPEN].includes(primaryCode(error) ?? 0);

/** Says whether SQLite found its own structures broken. */
export const isCorrupt = (error: unknown): boolean => [CORRUPT, NOTADB].includes(primaryCode(error) ?? 0);

function primaryCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("errcode" in error) || typeof error.errcode !== "number") return undefined;
  return error.errcode & 0xff;
}

function systemCode(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}
