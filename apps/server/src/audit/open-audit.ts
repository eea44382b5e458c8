import { join } from "node:path";
import type { HandlerContext } from "@connectrpc/connect";
import {
  type AuditDraft,
  type AuditRecord,
  entriesOfCommit,
  heardLog,
  noteOfEntry,
  openAuditRecord,
  type RecoverySource,
  readRecordEnd,
  recoverEntries,
} from "@trimtab/audit";
import type { Commit } from "@trimtab/core";
import { type CommitLog, createMemoryLog, isLogError, LogError } from "@trimtab/log";
import { openSqliteLog } from "@trimtab/log-sqlite";
import { auditEntriesOf, type StudyEntry } from "@trimtab/studies";
import { type AuditOptions, createBucketTable } from "@trimtab/transport-connect";
import { addressGroup } from "../auth/address-group.ts";
import { anyone } from "../auth/anyone.ts";
import type { OnRefused } from "../auth/auth-gate.ts";
import { peerAddress } from "../direct/call-context.ts";
import { keepsAudit, SettingsError } from "../read-settings.ts";
import { flagOf, type Settings } from "../settings.ts";
import { openEntryCodec } from "./entry-codec.ts";
import { createLinesFile, type WriteLines } from "./lines-file.ts";
import { createFindDenial, type FindDenial } from "./what-denied.ts";

/** The audit of a server. */
export interface Audit {
  /** Enters what is committed to a log, and what a process before had no time to enter. */
  readonly follow: (log: CommitLog<Commit>) => Promise<CommitLog<Commit>>;
  /** Does the same with a log of studies. */
  readonly followStudies: (log: CommitLog<StudyEntry>) => Promise<CommitLog<StudyEntry>>;
  /** Enters calls; the store tells what denied one. */
  readonly callsOf: (store: Parameters<typeof createFindDenial>[0]) => AuditOptions;
  /**
   * Enters a call of somebody who could not say who they are, of each address no more than ten a second; and that an address is
   * not listened to for a while, once a minute.
   */
  readonly unknownCaller: OnRefused;
  /** Resolves once what a process before had no time to enter is entered. */
  recovered(): Promise<void>;
  close(): Promise<void>;
}

/** The folder of the audit, in the data folder. */
export const auditFolder = (data: string): string => join(data, "audit");

/**
 * Opens the audit that the settings describe; `undefined` where there is to be none.
 *
 * @throws SettingsError for a file that its entries cannot go to
 */
export async function openAudit(
  settings: Settings,
  { isAsking, onError }: { readonly isAsking: boolean; readonly onError: (error: unknown) => void },
): Promise<Audit | undefined> {
  if (!keepsAudit(settings.audit, isAsking)) return undefined;
  const onEntries = settings.auditFile === undefined ? undefined : createSink(settings.auditFile, settings, onError);
  const disk = settings.log === "sqlite" ? await openSqliteLog({ directory: auditFolder(settings.data) }) : undefined;
  const log = disk?.log ?? createMemoryLog();
  const keys = disk && settings.encryptionKeys;
  const codec = await openEntryCodec(log, keys).catch(async (error: unknown) => {
    await disk?.close();
    throw error;
  });
  const record = await openAuditRecord({
    log,
    codec,
    keptEntries: settings.auditEntries,
    // What people may look at is kept in the clear.
    ...(keys === undefined && { note: noteOfEntry }),
    bookmarkIntervalMs: settings.bookmarkIntervalMs,
    onError: (error) =>
      onError(new Error("the audit cannot be written; it is tried again every second", { cause: error })),
    ...(onEntries !== undefined && { onEntries }),
  });
  const sources = ["sessions", "studies"] as const;
  const end = await readRecordEnd({ log, codec, sources, onError }).catch(async (error: unknown) => {
    await record.close();
    await disk?.close();
    if (!isLogError(error)) throw error;
    throw new LogError(error.code, `the audit cannot be read: ${error.message}`, error.details, { cause: error });
  });
  const now = () => performance.now();
  const unknown = createBucketTable(unknownRate, now, { most: mostAddresses });
  const unheard = createBucketTable(unheardRate, now, { most: mostAddresses });
  let recovering = Promise.resolve();
  const followLog = async <Entry extends { readonly atMs: number }>(
    name: (typeof sources)[number],
    source: CommitLog<Entry>,
    draftsOf: RecoverySource<Entry>["draftsOf"],
  ): Promise<CommitLog<Entry>> => {
    const recovery = await recoverEntries({ record, end, name, source, draftsOf });
    recovering = Promise.all([recovering, recovery.recover()]).then(() => {}, onError);
    return heardLog(source, recovery.hear);
  };
  return {
    follow: (commits) => followLog("sessions", commits, entriesOfCommit),
    followStudies: (studies) => followLog("studies", studies, auditEntriesOf),
    callsOf: (store) => ({
      trail: record,
      addressOf: ({ values }) => values.get(peerAddress) ?? "",
      refuse: refuseIn(record, createFindDenial(store)),
    }),
    async unknownCaller(context, reason) {
      const address = context.values.get(peerAddress) ?? "";
      const told = reason === "unauthenticated" ? unknown : unheard;
      if (told.take(addressGroup(address)) === 0) await record.refuse(unknownCall(address, reason, context));
    },
    recovered: () => recovering,
    async close() {
      await record.close();
      await end.settled();
      await disk?.close();
    },
  };
}

/** Guesses at tokens must not crowd out what the audit is for. */
const unknownRate = { perSecond: 10, burst: 100 };
const unheardRate = { perSecond: 1 / 60, burst: 1 };
const mostAddresses = 50_000;

const unknownCall = (
  address: string,
  reason: "unauthenticated" | "limit_exceeded",
  { method, requestHeader, protocolName }: HandlerContext,
): AuditDraft => ({
  recordedAtMs: Date.now(),
  session: "",
  callerSession: "",
  actor: "",
  principal: "",
  origin: "other",
  peer: { address, userAgent: (requestHeader.get("user-agent") ?? "").slice(0, 200), protocol: protocolName },
  action: method.name,
  variableId: "",
  variableName: "",
  revision: 0,
  outcome: "denied",
  reason,
  basis: "credentials",
});

/** Enters calls that were not done, with what denied them. */
const refuseIn =
  (record: AuditRecord, findDenial: FindDenial): AuditOptions["refuse"] =>
  async (call, principal = anyone) => {
    const recordedAtMs = Date.now();
    await record.refuse({ recordedAtMs, ...call, ...(await findDenial(call, principal)) });
  };

function createSink(file: string, { auditFileBytes }: Settings, onError: (error: unknown) => void) {
  const write = openLinesFile(file, auditFileBytes);
  return (recorded: Parameters<NonNullable<Parameters<typeof openAuditRecord>[0]["onEntries"]>>[0]) => {
    try {
      write(recorded.map(({ entry, hash }) => JSON.stringify({ ...entry, hash: Buffer.from(hash).toString("hex") })));
    } catch (error) {
      onError(new Error(`the audit cannot be written to ${file}`, { cause: error }));
    }
  };
}

function openLinesFile(file: string, maxBytes: number): WriteLines {
  try {
    return createLinesFile(file, maxBytes);
  } catch (error) {
    throw new SettingsError(`${flagOf("auditFile")}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
