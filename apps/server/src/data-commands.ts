import { relative } from "node:path";
import { counted } from "@trimtab/core";
import { isLogError } from "@trimtab/log";
import type { SealerOptions } from "@trimtab/log-sealed";
import {
  backUpSqliteLog,
  holdsLog,
  type SqliteLogDamage,
  type SqliteLogReport,
  verifySqliteLog,
} from "@trimtab/log-sqlite";
import { checkAudit } from "./audit/check-audit.ts";
import { auditFolder } from "./audit/open-audit.ts";
import { type Called, checkSealed, isSealedIn } from "./check-sealed.ts";
import { studiesFolder } from "./open-studies.ts";
import { readSettings } from "./read-settings.ts";
import { variableOf } from "./settings.ts";

/** What a command about a data folder came to: what to print, and the exit status. */
export interface CommandResult {
  readonly output: string;
  readonly status: number;
}

/** Exit status of a check that found damage, and of a command that could not be carried out. */
const statuses = { damaged: 3, failed: 1, misused: 2 } as const;

const auditStatuses = { intact: 0, damaged: statuses.damaged, nothing: statuses.failed } as const;

/**
 * Carries out a command about a data folder, whether a server has it open or not: `check`, `backup` or `restore`.
 * Gives `undefined` for arguments that are no such command.
 *
 * @param env where keys are, to open what is sealed
 * @throws SettingsError for keys that cannot be used
 */
export async function runDataCommand(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>> = {},
): Promise<CommandResult | undefined> {
  const [command, ...folders] = args;
  if (command !== "check" && command !== "backup" && command !== "restore") return undefined;
  const [from, to] = folders;
  const wanted = command === "check" ? 1 : 2;
  const isMisused = folders.length !== wanted || folders.some((folder) => folder.startsWith("-"));
  if (from === undefined || isMisused) return { output: usage, status: statuses.misused };
  try {
    return to === undefined ? await checkAll(from, sealingIn(env)) : await copy(from, to);
  } catch (error) {
    if (!isLogError(error)) throw error;
    return { output: error.message, status: statuses.failed };
  }
}

const usage = `usage: trimtab-server check DATA          is everything there, and as it was written?
       trimtab-server backup DATA COPY    a consistent copy, also while a server has the folder open
       trimtab-server restore COPY DATA   the copy becomes a data folder, where there is none yet`;

/** What is on disk is opened with; `undefined` where there are no keys. */
function sealingIn(env: Readonly<Record<string, string | undefined>>): SealerOptions | undefined {
  const names = [variableOf("encryptionKeys"), variableOf("encryptionAcceptsPlain")];
  const request = readSettings([], Object.fromEntries(names.map((name) => [name, env[name]])));
  if (request.kind !== "serve" || request.settings.encryptionKeys === undefined) return undefined;
  const { encryptionKeys: keys, encryptionAcceptsPlain: acceptPlain } = request.settings;
  return { keys, acceptPlain };
}

/** Checks the sessions and, where there are such, the studies and the audit. */
async function checkAll(folder: string, sealing: SealerOptions | undefined): Promise<CommandResult> {
  const called = { stream: "session", streams: "sessions", entry: "commit", entries: "commits" };
  const parts = [await check(folder, called, sealing)];
  if (holdsLog(studiesFolder(folder))) {
    const called = { stream: "study", streams: "studies", entry: "change", entries: "changes" };
    parts.push(await check(studiesFolder(folder), called, sealing));
  }
  const audit = await checkAudit(auditFolder(folder), sealing?.keys);
  if (audit !== undefined) parts.push({ output: audit.line, status: auditStatuses[audit.found] });
  return {
    output: parts.map(({ output }) => output).join("\n"),
    status: Math.max(...parts.map(({ status }) => status)),
  };
}

async function check(folder: string, called: Called, sealing: SealerOptions | undefined): Promise<CommandResult> {
  const report = await verifySqliteLog(folder);
  const stored = toResult(report, called, "all intact");
  if (report.streams === 0) return stored;
  // Not damaged is less than intact, of which one would expect that it can be read.
  const unread = toResult(report, called, "none damaged");
  try {
    if (sealing === undefined) {
      if (!(await isSealedIn(folder))) return stored;
      const more = `of the ${called.streams}, what is sealed was not opened, which ${variableOf("encryptionKeys")} would do`;
      return { ...unread, output: `${unread.output}\n${more}` };
    }
    const unopened = await checkSealed(folder, sealing, called);
    if (unopened.length === 0) return stored;
    const head = `of the ${called.streams}, what ${variableOf("encryptionKeys")} does not open:`;
    return { output: [unread.output, head, ...unopened].join("\n"), status: statuses.damaged };
  } catch (error) {
    if (!isLogError(error)) throw error;
    // Where it is damaged that is said already.
    if (unread.status !== 0) return unread;
    return { output: `${unread.output}\nnot opened: ${error.message}`, status: statuses.failed };
  }
}

/** @param undamaged what to say where no damage was found */
function toResult(report: SqliteLogReport, called: Called, undamaged: string): CommandResult {
  const { streams, entries, bytes, snapshots, damages, damage } = report;
  const found = `${counted(streams, called.stream, called.streams)}, ${counted(entries, called.entry, called.entries)} (${bytes} bytes), ${counted(snapshots, "snapshot")}`;
  if (damages === 0) return { output: `${found}: ${undamaged}`, status: 0 };
  const more = damages > damage.length ? [`and ${damages - damage.length} more`] : [];
  return {
    output: [`${found} intact; ${damages} damaged:`, ...damage.map((each) => describe(each, called)), ...more].join(
      "\n",
    ),
    status: statuses.damaged,
  };
}

function describe(damage: SqliteLogDamage, { stream, entry, entries }: Called): string {
  switch (damage.kind) {
    case "entry":
      return `  ${stream} ${damage.stream}: the ${entry} of revision ${damage.number} (${damage.reason})`;
    case "stream":
      return `  ${stream} ${damage.stream}: everything from revision ${damage.number} on`;
    case "snapshot":
      return `  ${stream} ${damage.stream}: the snapshot at revision ${damage.number}, which its ${entries} replace`;
    case "chunk":
      return `  a part of large values, ${damage.hash.slice(0, 16)}: broken or counted wrongly`;
    case "summary":
      return `  ${stream} ${damage.stream}: what it is listed by, which its ${entries} replace`;
    case "missing":
      return `  ${damage.entries} ${entries} that were acknowledged are gone`;
    case "file":
      return `  the file: ${damage.message}`;
  }
}

/**
 * A backup is a data folder like any other, so that restoring it is making a copy the other way. What is made of the sessions' commits is
 * copied before them, so that it speaks of nothing that is not there, and what it lacks is found as it is after a crash.
 */
async function copy(from: string, to: string): Promise<CommandResult> {
  const within = [auditFolder, studiesFolder].map((part) => relative(from, part(from)));
  const { bytes } = await backUpSqliteLog(from, to, { within });
  return { output: `${to} holds what ${from} did (${bytes} bytes)`, status: 0 };
}
