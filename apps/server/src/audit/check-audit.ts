import { type ChainReport, verifyChain } from "@trimtab/audit";
import { counted } from "@trimtab/core";
import { isLogError } from "@trimtab/log";
import { holdsLog, openSqliteLog } from "@trimtab/log-sqlite";
import { variableOf } from "../settings.ts";
import { type AuditKeys, createStorageCheck, type StorageCheck } from "./entry-codec.ts";
import { temporaryCopy } from "./temporary-copy.ts";

/** What a check came to, as a line to print. */
export interface AuditCheck {
  readonly line: string;
  /** Whether the audit was found intact or damaged; or it could not be checked, which says nothing of it. */
  readonly found: "intact" | "damaged" | "nothing";
}

/**
 * What checking a folder's audit came to, as a line to print; `undefined` where the folder has none. Entries that are sealed are opened
 * where there are keys.
 */
export async function checkAudit(folder: string, keys: AuditKeys | undefined): Promise<AuditCheck | undefined> {
  if (!holdsLog(folder)) return undefined;
  const storage = createStorageCheck(keys);
  const report = await verifyCopy(folder, storage).catch((error: unknown) => {
    if (isLogError(error)) return error;
    throw error;
  });
  if (isLogError(report)) {
    const hasNoRoom = report.code === "full" || report.code === "read_only";
    return { line: `audit: ${report.message}`, found: hasNoRoom ? "nothing" : "damaged" };
  }
  if (report.kind === "broken") {
    return { line: `audit: entry ${report.number} ${wrong[report.why]}`, found: "damaged" };
  }
  const { number, hash } = report.head;
  const last = number === 0 ? "" : `, the last is ${number} with hash ${Buffer.from(hash).toString("hex")}`;
  return {
    line: `audit: ${counted(report.entries, "entry follows", "entries follow")} from each other${sealedIn(storage, keys)}${last}`,
    found: storage.unopened.count === 0 ? "intact" : "damaged",
  };
}

const wrong = {
  changed: "was changed",
  "does not follow": "does not follow from the one before",
  refused: "is not as the server has sealed it",
} as const satisfies Record<Extract<ChainReport, { kind: "broken" }>["why"], string>;

function sealedIn({ sealed, unopened }: StorageCheck, keys: AuditKeys | undefined): string {
  if (sealed === 0) return "";
  if (unopened.count > 0) return `, ${sealed} of them sealed, ${unopened.count} of which not opened: ${unopened.first}`;
  const opened = keys === undefined ? `which ${variableOf("encryptionKeys")} would open` : "and could be opened";
  return `, ${sealed} of them sealed, ${opened}`;
}

/** A server may have the folder open, so what is read is a copy. */
async function verifyCopy(folder: string, { accepts }: StorageCheck): Promise<ChainReport> {
  const copy = await temporaryCopy(folder);
  try {
    const { log, close } = await openSqliteLog({ directory: copy.directory, acceptLoss: true });
    try {
      return await verifyChain(log, accepts);
    } finally {
      await close();
    }
  } finally {
    copy.remove();
  }
}
