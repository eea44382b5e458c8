import { existsSync } from "node:fs";
import { type ChainReport, verifyChain } from "@trimtab/audit";
import { isLogError } from "@trimtab/log";
import { openSqliteLog } from "@trimtab/log-sqlite";
import { temporaryCopy } from "./temporary-copy.ts";

/** What checking a folder's audit came to, as a line to print; `undefined` where the folder has none. */
export async function checkAudit(
  folder: string,
): Promise<{ readonly line: string; readonly isIntact: boolean } | undefined> {
  if (!existsSync(folder)) return undefined;
  const report = await verifyCopy(folder).catch((error: unknown) => {
    if (isLogError(error)) return error;
    throw error;
  });
  if (isLogError(report)) return { line: `audit: ${report.message}`, isIntact: false };
  if (report.kind === "broken") {
    const what = report.why === "changed" ? "was changed" : "does not follow from the one before";
    return { line: `audit: entry ${report.number} ${what}`, isIntact: false };
  }
  const { number, hash } = report.head;
  const last = number === 0 ? "" : `, the last is ${number} with hash ${Buffer.from(hash).toString("hex")}`;
  return { line: `audit: ${report.entries} entries follow from each other${last}`, isIntact: true };
}

/** A server may have the folder open, so what is read is a copy. */
async function verifyCopy(folder: string): Promise<ChainReport> {
  const copy = await temporaryCopy(folder);
  try {
    const { log, close } = await openSqliteLog({ directory: copy.directory, acceptLoss: true });
    try {
      return await verifyChain(log);
    } finally {
      await close();
    }
  } finally {
    copy.remove();
  }
}
