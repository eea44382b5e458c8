import { type AuditTrail, auditArguments, type Commit, checkWhole, kinds } from "@trimtab/core";
import type { AuditRecordOptions } from "./audit-record.ts";
import type { AuditDraft } from "./commit-entries.ts";
import type { RecordEndOptions } from "./record-end.ts";
import type { RecoverySource } from "./recover-entries.ts";

const { absentable, callable, filled, having, interval, list, object, optional, partOf, text, time } = kinds;

const codec = having("encode", "decode");

/** Entries to keep, of which the last one tells the next what it follows on; `Infinity` keeps all. */
const kept: kinds.Kind<number> = (value, field) =>
  value === Number.POSITIVE_INFINITY ? undefined : checkWhole(value, field, 1);

/** What the arguments of `openAuditRecord` are. */
export const recordArguments = [
  [
    "options",
    object<AuditRecordOptions>({
      log: having("append", "read", "streams", "trim"),
      codec,
      onError: callable,
      ...absentable({
        keptEntries: kept,
        note: callable,
        bookmarkIntervalMs: interval,
        now: callable,
        onEntries: callable,
      }),
    }),
  ],
] as const;

/** What is entered, as far as the record reads it. */
const draft = partOf<Pick<AuditDraft, "recordedAtMs" | "session" | "callerSession" | "action" | "outcome">>({
  recordedAtMs: time,
  session: text,
  callerSession: text,
  action: text,
  outcome: text,
});

/** What the argument of a record's `enter` is. */
export const enteringArguments = [["drafts", list(draft)]] as const;

/** What the argument of a record's `refuse` is. */
export const refusingArguments = [["draft", draft]] as const;

/** What the argument of `entriesOfCommit` is. */
export const commitArguments = [
  ["commit", partOf<Pick<Commit, "session" | "events">>({ session: text, events: list(partOf({ kind: text })) })],
] as const;

/** What is told of no session, such as a caller that is not known, is told to whoever asks for that. */
const session = ["session", text] as const;

/** What the arguments are of what a record tells. */
export const trailArguments: kinds.CallArguments<AuditTrail> = {
  listAuditEntries: [session, auditArguments.listAuditEntries[1]],
  watchAudit: [session, auditArguments.watchAudit[1]],
};

/** What the arguments of `readRecordEnd` are. */
export const endArguments = [
  [
    "options",
    object<RecordEndOptions>({
      log: having("append", "read", "streams", "trim"),
      codec,
      sources: list(filled),
      now: optional(callable),
      onError: optional(callable),
    }),
  ],
] as const;

const recovery: kinds.FieldKinds<Omit<RecoverySource<never>, "draftsOf">> = {
  record: having("enter", "settled"),
  end: having("sinceMs", "isOutOfOrder", "finish"),
  name: filled,
  source: having("read", "streams"),
};

/** What the arguments of `recoverEntries` are. */
export const recoveryArguments = [
  ["options", object<RecoverySource<never>>({ ...recovery, draftsOf: callable })],
] as const;

/** What the arguments of `recoverCommits` are. */
export const commitRecoveryArguments = [
  ["options", object<Omit<RecoverySource<never>, "draftsOf">>(recovery)],
] as const;

const heard = ["log", having("append", "read", "follow", "trim", "before", "streams")] as const;
/** What the arguments of `heardLog` are. */
export const hearingArguments = [heard, ["onEntry", callable]] as const;
/** What the arguments of `auditedLog` are. */
export const auditedArguments = [heard, ["record", having("commit")]] as const;

/** What the arguments of `verifyChain` are. */
export const chainArguments = [
  ["log", having("read", "streams")],
  ["accepts", optional(callable)],
] as const;
/** What the arguments of `endOfFirstPart` are. */
export const firstPartArguments = [
  ["log", having("read", "streams")],
  ["isOfFirstPart", callable],
] as const;

/** What the argument of `noteOfEntry` is. */
export const entryArguments = [
  ["entry", partOf<{ session: string; variableName: string }>({ session: text, variableName: text })],
] as const;
