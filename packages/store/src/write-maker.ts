import {
  type Command,
  checkChoice,
  checkName,
  checkText,
  type DecideContext,
  emptyRecord,
  origins,
  parseRecord,
  StoreError,
  type ValueRecord,
  type WriteOptions,
} from "@trimtab/core";
import type { Clock } from "./clock.ts";
import type { Write } from "./write-pipeline.ts";

/** Who writes, and how. */
export interface HowToWrite extends WriteOptions {
  /** All or nothing; `true` unless given. */
  readonly atomic?: boolean;
  /** Decide and answer, but change nothing. */
  readonly validateOnly?: boolean;
  /** The commands are one batch of values, which telemetry tells of as such. */
  readonly isBatch?: boolean;
  /** Who writes, where that is to be asked. */
  readonly access?: NonNullable<DecideContext["access"]>;
}

/** What a process decides by, beside the state and the time. */
export type Means = Pick<DecideContext, "types" | "limits" | "compile" | "functions">;

/** Makes the function that prepares somebody's write to a session; it throws where what is said of the write is refused. */
export function createWriteMaker(means: Means, clock: Clock) {
  const { limits } = means;
  const attempt: Attempt = (metadata, requestId, { actor, origin, via, access, lease }) => {
    const { types, compile, functions } = means;
    const atMs = clock.now();
    // One literal, whatever of it is absent.
    return { types, limits, compile, functions, atMs, metadata, actor, origin, requestId, via, access, lease };
  };
  return (session: string, commands: readonly Command[], by: HowToWrite): Write => {
    const wrong =
      (by.requestId === undefined ? undefined : checkName(by.requestId, "requestId", limits.nameLength)) ??
      checkText(by.actor, "actor", limits.nameLength) ??
      (by.lease && checkName(by.lease.optimization, "lease.optimization", limits.nameLength)) ??
      checkChoice(by.origin, "origin", origins);
    if (wrong !== undefined) throw new StoreError(wrong);
    const write = new PreparedWrite(commands, by, attempt);
    write.metadata = metadataOf(by, limits.metadataBytes);
    write.requestId = requestOf(session, by);
    return write;
  };
}

type Attempt = (metadata: ValueRecord, requestId: string | undefined, by: HowToWrite) => DecideContext;

/** A class, since one is made with every write: a closure for its context would take as much again. */
class PreparedWrite implements Write {
  readonly commands: readonly Command[];
  readonly atomic: boolean;
  readonly validateOnly: boolean;
  metadata: ValueRecord = emptyRecord;
  requestId: string | undefined;
  readonly #by: HowToWrite;
  readonly #attempt: Attempt;

  constructor(commands: readonly Command[], by: HowToWrite, attempt: Attempt) {
    this.commands = commands;
    this.atomic = by.atomic ?? true;
    this.validateOnly = by.validateOnly ?? false;
    this.#by = by;
    this.#attempt = attempt;
  }

  context(): DecideContext {
    return this.#attempt(this.metadata, this.requestId, this.#by);
  }
}

/** What the writer said, as it is kept; most say nothing. */
function metadataOf({ metadata }: HowToWrite, maxBytes: number): ValueRecord {
  if (metadata === undefined) return emptyRecord;
  const parsed = parseRecord(metadata, "metadata", maxBytes);
  if (parsed.kind === "refused") throw new StoreError(parsed.refusal);
  return parsed.value;
}

/** Requests of one caller are not those of another that chose the same id. */
const requestOf = (session: string, { requestId, access }: HowToWrite): string | undefined =>
  requestId === undefined || access === undefined || access.caller.session === session
    ? requestId
    : `${access.caller.session}/${requestId}`;
