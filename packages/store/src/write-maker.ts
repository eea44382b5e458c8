import { type Command, checkName, type DecideContext, parseRecord, StoreError, type WriteOptions } from "@trimtab/core";
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
  const contextOf = (session: string, by: HowToWrite): (() => DecideContext) => {
    const { limits } = means;
    const parsed = parseRecord(by.metadata, "metadata", limits.metadataBytes);
    if (parsed.kind === "refused") throw new StoreError(parsed.refusal);
    const wrong = by.requestId === undefined ? undefined : checkName(by.requestId, "requestId", limits.nameLength);
    if (wrong !== undefined) throw new StoreError(wrong);
    const { actor, origin, via, access, lease } = by;
    const [metadata, requestId] = [parsed.value, requestOf(session, by)];
    // One literal, whatever of it is absent: this is made with every write.
    return () => ({ ...means, atMs: clock.now(), metadata, actor, origin, requestId, via, access, lease });
  };
  return (session: string, commands: readonly Command[], by: HowToWrite): Write => {
    const { atomic = true, validateOnly = false } = by;
    return { commands, atomic, validateOnly, context: contextOf(session, by) };
  };
}

/** Requests of one caller are not those of another that chose the same id. */
const requestOf = (session: string, { requestId, access }: HowToWrite): string | undefined =>
  requestId === undefined || access === undefined || access.caller.session === session
    ? requestId
    : `${access.caller.session}/${requestId}`;
