import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { nearest } from "@trimtab/core";
import { withoutByteOrderMark } from "./byte-order-mark.ts";
import { isLoopback } from "./loopback.ts";
import type { SettingSpec } from "./setting-spec.ts";
import {
  defaultSettings,
  flagOf,
  type SettingName,
  type Settings,
  settingNames,
  settingSpecs,
  variableOf,
} from "./settings.ts";

/** A setting that cannot be used; the message names where it was given, the limit and the value. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
}

/** What a command line asks for. */
export type Request =
  | { readonly kind: "help" }
  | { readonly kind: "version" }
  | { readonly kind: "serve"; readonly settings: Settings };

/** Environment variables that begin like ours and are read by others: the scripts that build and test. */
const foreignVariables = new Set(["TRIMTAB_CONFIG", "TRIMTAB_PEERS"]);

/**
 * Reads settings from flags, the environment and a file, in this order of precedence.
 *
 * @throws SettingsError for anything unknown or out of range, naming the flag, variable or key
 */
export function readSettings(args: readonly string[], env: Readonly<Record<string, string | undefined>>): Request {
  const flags = readFlags(args);
  if (flags.kind !== "flags") return flags;
  const environment = readEnvironment(env);
  const file = flags.config ?? env["TRIMTAB_CONFIG"];
  const keys = file === undefined || file === "" ? new Map<SettingName, Given>() : readFile(file);
  const settings: Record<string, unknown> = { ...defaultSettings };
  for (const source of [keys, environment, flags.given]) {
    for (const [name, given] of source) settings[name] = parse(name, given);
  }
  return { kind: "serve", settings: checkSettings(settings as Settings) };
}

const whatThereIs = "settings are given as --name value, and the commands are token, check, backup and restore";

interface Given {
  /** Where it was given, as its writer knows it. */
  readonly source: string;
  readonly value: unknown;
}

type Flags = { readonly kind: "flags"; readonly given: Map<SettingName, Given>; readonly config: string | undefined };

function readFlags(args: readonly string[]): Flags | { readonly kind: "help" } | { readonly kind: "version" } {
  const isSwitch = (name: SettingName) => settingSpecs[name].default === false;
  const flagged = settingNames.filter((name) => !isSecret(name));
  const options = Object.fromEntries([
    ...flagged.map((name) => [
      flagOf(name).slice(2),
      { type: isSwitch(name) ? ("boolean" as const) : ("string" as const) },
    ]),
    ["config", { type: "string" as const }],
    ["help", { type: "boolean" as const, short: "h" }],
    ["version", { type: "boolean" as const, short: "v" }],
  ]);
  const { tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true });
  const byFlag = new Map(flagged.map((name) => [flagOf(name), name]));
  const given = new Map<SettingName, Given>();
  let config: string | undefined;
  for (const token of tokens) {
    if (token.kind === "positional") {
      if (token.value === "help") return { kind: "help" };
      throw new SettingsError(`"${token.value}" is no flag and no command: ${whatThereIs}`);
    }
    if (token.kind !== "option") continue;
    if (token.name === "help" || token.name === "version") return { kind: token.name };
    const name = byFlag.get(token.rawName);
    if (name === undefined && token.rawName !== "--config") {
      throw unknown(`flag ${token.rawName}`, token.rawName, [...byFlag.keys(), "--config", "--help", "--version"]);
    }
    if (name !== undefined && isSwitch(name)) given.set(name, { source: token.rawName, value: token.value ?? true });
    else if (token.value === undefined) throw new SettingsError(`${token.rawName} needs a value`);
    else if (name === undefined) config = token.value;
    else given.set(name, { source: token.rawName, value: token.value });
  }
  return { kind: "flags", given, config };
}

function readEnvironment(env: Readonly<Record<string, string | undefined>>): Map<SettingName, Given> {
  const byVariable = new Map(settingNames.map((name) => [variableOf(name), name]));
  const given = new Map<SettingName, Given>();
  for (const [variable, value] of Object.entries(env)) {
    if (!variable.startsWith("TRIMTAB_") || value === undefined || foreignVariables.has(variable)) continue;
    const name = byVariable.get(variable);
    if (name === undefined)
      throw unknown(`environment variable ${variable}`, variable, [...byVariable.keys(), "TRIMTAB_CONFIG"]);
    given.set(name, { source: variable, value });
  }
  return given;
}

function readFile(file: string): Map<SettingName, Given> {
  let content: unknown;
  try {
    content = JSON.parse(withoutByteOrderMark(readFileSync(file, "utf8")));
  } catch (error) {
    throw new SettingsError(`configuration file ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (typeof content !== "object" || content === null || Array.isArray(content)) {
    throw new SettingsError(`configuration file ${file} must hold one JSON object`);
  }
  const given = new Map<SettingName, Given>();
  for (const [key, value] of Object.entries(content)) {
    const name = settingNames.find((each) => each === key);
    if (name !== undefined && isSecret(name))
      throw new SettingsError(`${variableOf(name)} is read from the environment alone`);
    if (name === undefined) throw unknown(`key "${key}" in ${file}`, key, settingNames);
    given.set(name, { source: `"${key}" in ${file}`, value });
  }
  return given;
}

function parse(name: SettingName, { source, value }: Given): unknown {
  const result = settingSpecs[name].schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const got = isSecret(name) ? "" : `, got ${JSON.stringify(value)}`;
  throw new SettingsError(`${source}: ${issue?.message ?? "is refused"}${got}`);
}

const isSecret = (name: SettingName): boolean => (settingSpecs[name] as SettingSpec).isSecret === true;

const unknown = (what: string, given: string, known: readonly string[]) => {
  const suggestion = nearest(given, known);
  return new SettingsError(`unknown ${what}${suggestion === undefined ? "" : `; did you mean ${suggestion}?`}`);
};

/**
 * Checks what no setting can say of itself alone, wherever settings come from.
 *
 * @throws SettingsError for settings that do not go together, and for a server open to the network that asks nobody who they are
 */
export function checkSettings(settings: Settings): Settings {
  for (const [name, needed] of needs) {
    if (settings[needed] !== undefined || settings[name] === defaultSettings[name]) continue;
    throw new SettingsError(`${flagOf(name)} needs ${isSecret(needed) ? variableOf(needed) : flagOf(needed)}`);
  }
  checkTls(settings);
  checkTokens(settings);
  const { listen, insecure, principals, jwtKeys, audit, auditFile } = settings;
  const asksWhoCalls = principals !== undefined || jwtKeys !== undefined;
  if (auditFile !== undefined && !keepsAudit(audit, asksWhoCalls)) {
    throw new SettingsError(`${flagOf("auditFile")} needs an audit, which is not kept: say ${flagOf("audit")} on`);
  }
  if (!isLoopback(listen.host) && !asksWhoCalls && !insecure) {
    throw new SettingsError(
      `${flagOf("listen")} ${listen.host}:${listen.port} reaches beyond this machine, where anybody could read and write every ` +
        `variable: nobody has to say who they are. Say who may call with ${flagOf("principals")} or ${flagOf("jwtKeys")}, listen on ` +
        `127.0.0.1, or say ${flagOf("insecure")} if the network is trusted.`,
    );
  }
  return settings;
}

/** Whether an audit is kept: as it is said, or else where callers have to say who they are. */
export const keepsAudit = (audit: Settings["audit"], asksWhoCalls: boolean): boolean =>
  audit === undefined ? asksWhoCalls : audit === "on";

/** Settings that would say nothing without another one. */
const needs = [
  ["jwtPrincipalClaim", "jwtKeys"],
  ["jwtSessionsClaim", "jwtKeys"],
  ["jwtRolesClaim", "jwtKeys"],
  ["jwtAttributesClaim", "jwtKeys"],
  ["encryptionAcceptsPlain", "encryptionKeys"],
] as const;

function checkTls({ tlsCert, tlsKey, tlsClientCa, principals }: Settings): void {
  if ((tlsCert === undefined) !== (tlsKey === undefined)) {
    throw new SettingsError(`${flagOf("tlsCert")} and ${flagOf("tlsKey")} are given together or not at all`);
  }
  if (tlsClientCa !== undefined && (tlsCert === undefined || principals === undefined)) {
    const needed = `${flagOf("tlsCert")}, ${flagOf("tlsKey")} and ${flagOf("principals")}`;
    throw new SettingsError(`${flagOf("tlsClientCa")} needs ${needed}`);
  }
}

function checkTokens(settings: Settings): void {
  for (const name of ["jwtIssuer", "jwtAudience"] as const) {
    // A token that was meant for somebody else must not open this server.
    if ((settings.jwtKeys === undefined) === (settings[name] === undefined)) continue;
    throw new SettingsError(
      `${flagOf("jwtKeys")}, ${flagOf("jwtIssuer")} and ${flagOf("jwtAudience")} are given together`,
    );
  }
}
