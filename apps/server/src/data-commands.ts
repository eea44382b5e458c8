import { existsSync } from "node:fs";
import { isLogError } from "@trimtab/log";
import { backUpSqliteLog, type SqliteLogDamage, verifySqliteLog } from "@trimtab/log-sqlite";
import { checkAudit } from "./audit/check-audit.ts";
import { auditFolder } from "./audit/open-audit.ts";
import { studiesFolder } from "./open-studies.ts";
import { readSettings } from "./read-settings.ts";
import { type Settings, variableOf } from "./settings.ts";

/** What a command about a data folder came to: what to print, and the exit status. */
export interface CommandResult {
  readonly output: string;
  readonly status: number;
}

/** Exit status of a check that found damage, and of a command that could not be carried out. */
const statuses = { damaged: 3, failed: 1, misused: 2 } as const;

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
  if (from === undefined || folders.length !== wanted) return { output: usage, status: statuses.misused };
  try {
    return to === undefined ? await checkAll(from, keysIn(env)) : await copy(from, to);
  } catch (error) {
    if (!isLogError(error)) throw error;
    return { output: error.message, status: statuses.failed };
  }
}

const usage = `usage: trimtab-server check DATA
       trimtab-server backup DATA COPY
       trimtab-server restore COPY DATA`;

function keysIn(env: Readonly<Record<string, string | undefined>>): Settings["encryptionKeys"] {
  const name = variableOf("encryptionKeys");
  const request = readSettings([], { [name]: env[name] });
  return request.kind === "serve" ? request.settings.encryptionKeys : undefined;
}

/** Checks the sessions and, where there are such, the studies and the audit. */
async function checkAll(folder: string, keys: Settings["encryptionKeys"]): Promise<CommandResult> {
  const parts = [await check(folder, { streams: "sessions", entries: "commits" })];
  if (existsSync(studiesFolder(folder))) {
    parts.push(await check(studiesFolder(folder), { streams: "studies", entries: "changes" }));
  }
  const audit = await checkAudit(auditFolder(folder), keys);
  if (audit !== undefined) parts.push({ output: audit.line, status: audit.isIntact ? 0 : statuses.damaged });
  return {
    output: parts.map(({ output }) => output).join("\n"),
    status: Math.max(...parts.map(({ status }) => status)),
  };
}

/** What is in a log, by what people call it. */
interface Contents {
  readonly streams: string;
  readonly entries: string;
}

async function check(folder: string, called: Contents): Promise<CommandResult> {
  const { streams, entries, bytes, snapshots, damages, damage } = await verifySqliteLog(folder);
  const found = `${streams} ${called.streams}, ${entries} ${called.entries} (${bytes} bytes), ${snapshots} snapshots`;
  if (damages === 0) return { output: `${found}: all intact`, status: 0 };
  const more = damages > damage.length ? [`and ${damages - damage.length} more`] : [];
  return {
    output: [`${found} intact; ${damages} damaged:`, ...damage.map(describe), ...more].join("\n"),
    status: statuses.damaged,
  };
}

function describe(damage: SqliteLogDamage): string {
  switch (damage.kind) {
    case "entry":
      return `  session ${damage.stream}: the commit of revision ${damage.number} (${damage.reason})`;
    case "stream":
      return `  session ${damage.stream}: everything from revision ${damage.number} on`;
    case "snapshot":
      return `  session ${damage.stream}: the snapshot at revision ${damage.number}, which its commits replace`;
    case "chunk":
      return `  a part of large values, ${damage.hash.slice(0, 16)}: broken or counted wrongly`;
    case "summary":
      return `  session ${damage.stream}: what it is listed by, which its commits replace`;
    case "missing":
      return `  ${damage.entries} commits that were acknowledged are gone`;
    case "file":
      return `  the file: ${damage.message}`;
  }
}

/** A backup is a data folder like any other, so that restoring it is making a copy the other way. */
async function copy(from: string, to: string): Promise<CommandResult> {
  const { bytes } = await backUpSqliteLog(from, to);
  for (const part of [studiesFolder, auditFolder])
    if (existsSync(part(from))) await backUpSqliteLog(part(from), part(to));
  return { output: `${to} holds what ${from} did (${bytes} bytes)`, status: 0 };
}
