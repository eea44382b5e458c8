import { parseSealingKeys, type SealingKey } from "@trimtab/log-sealed";
import * as z from "zod";
import { limitSettings } from "./limit-settings.ts";
import { observingSettings } from "./observing-settings.ts";
import { list, networks, optionalText, setting, switchValue, whole } from "./setting-spec.ts";

/** Where to listen: a host and a port. */
export interface Listen {
  readonly host: string;
  readonly port: number;
}

const listen = z.string().transform((text, context): Listen => {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  if (host !== undefined && port <= 65_535) return { host, port };
  context.issues.push({
    code: "custom",
    message: "must be HOST:PORT, for instance 127.0.0.1:7171 or [::1]:0",
    input: text,
  });
  return z.NEVER;
});

const sealingKeys = z.string().transform((text, context) => {
  try {
    return text === "" ? undefined : parseSealingKeys(text);
  } catch (error) {
    const message = error instanceof Error ? error.message : "is refused";
    context.issues.push({ code: "custom", message, input: "" });
    return z.NEVER;
  }
});

/**
 * Every setting, once. Flags, environment names and file keys follow from the key: `shutdownGraceMs` is
 * `--shutdown-grace-ms`, `TRIMTAB_SHUTDOWN_GRACE_MS` and `"shutdownGraceMs"`.
 */
export const settingSpecs = {
  listen: setting<Listen>({
    group: "Listening",
    placeholder: "HOST:PORT",
    help: "Where to listen. Port 0 takes any free one; the line `listening on ...` says which.",
    schema: listen,
    default: { host: "127.0.0.1", port: 7171 },
  }),
  insecure: setting<boolean>({
    group: "Listening",
    help: "Listen beyond this machine although nobody has to say who they are.",
    schema: switchValue,
    default: false,
  }),
  tlsCert: setting<string | undefined>({
    group: "Listening",
    placeholder: "FILE",
    help: "Certificate chain in PEM; with it and --tls-key the port speaks TLS.",
    schema: optionalText,
    default: undefined,
  }),
  tlsKey: setting<string | undefined>({
    group: "Listening",
    placeholder: "FILE",
    help: "Private key of the certificate, in PEM.",
    schema: optionalText,
    default: undefined,
  }),
  tlsClientCa: setting<string | undefined>({
    group: "Listening",
    placeholder: "FILE",
    help: "Certificates, in PEM, of the authorities whose clients' certificates say who calls; needs --principals.",
    schema: optionalText,
    default: undefined,
  }),
  corsOrigins: setting<readonly string[]>({
    group: "Listening",
    placeholder: "ORIGIN,...",
    help: "Origins whose pages may call the server, beside its own; `*` for every one.",
    schema: list,
    default: [],
  }),
  trustedProxies: setting<readonly string[]>({
    group: "Listening",
    placeholder: "NETWORK,...",
    help: "Addresses and blocks (`10.0.0.0/8`) of proxies, whose `x-forwarded-for` is believed; none unless given.",
    schema: networks,
    default: [],
  }),
  shutdownGraceMs: setting<number>({
    group: "Listening",
    placeholder: "MS",
    help: "How long calls under way may take to finish when the server is told to stop.",
    schema: whole(0, 600_000),
    default: 5000,
  }),
  principals: setting<string | undefined>({
    group: "Callers",
    placeholder: "FILE",
    help: "Who may call, one JSON object a line, by token or certificate; read anew as it changes. `trimtab-server token` makes lines.",
    schema: optionalText,
    default: undefined,
  }),
  jwtKeys: setting<string | undefined>({
    group: "Callers",
    placeholder: "FILE|URL",
    help: "Keys that JSON Web Tokens are checked by: a JWK set, or a public key in PEM. Needs the next two.",
    schema: optionalText,
    default: undefined,
  }),
  jwtIssuer: setting<string | undefined>({
    group: "Callers",
    placeholder: "TEXT",
    help: "The issuer whose tokens are taken.",
    schema: optionalText,
    default: undefined,
  }),
  jwtAudience: setting<string | undefined>({
    group: "Callers",
    placeholder: "TEXT",
    help: "The audience that tokens must be meant for.",
    schema: optionalText,
    default: undefined,
  }),
  jwtPrincipalClaim: setting<string>({
    group: "Callers",
    placeholder: "NAME",
    help: "The claim that names who it is.",
    schema: z.string().min(1),
    default: "sub",
  }),
  jwtSessionsClaim: setting<string>({
    group: "Callers",
    placeholder: "NAME",
    help: "The claim with patterns of sessions to act as: a list, or text with spaces between them.",
    schema: z.string().min(1),
    default: "trimtab_sessions",
  }),
  jwtRolesClaim: setting<string>({
    group: "Callers",
    placeholder: "NAME",
    help: "The claim with roles.",
    schema: z.string().min(1),
    default: "roles",
  }),
  jwtAttributesClaim: setting<string>({
    group: "Callers",
    placeholder: "NAME",
    help: "The claim with attributes, an object, which conditions of access rules are compared with.",
    schema: z.string().min(1),
    default: "trimtab_attributes",
  }),
  log: setting<"sqlite" | "memory">({
    group: "Data",
    placeholder: "sqlite|memory",
    help: "Where commits are kept: on disk, with no write acknowledged before; or in memory, which ends with the process.",
    schema: z.enum(["sqlite", "memory"], "must be sqlite or memory"),
    default: "sqlite",
  }),
  data: setting<string>({
    group: "Data",
    placeholder: "DIR",
    help: "The folder of the log on disk; made where it is not there. One server at a time.",
    schema: z.string().min(1),
    default: "trimtab-data",
  }),
  encryptionKeys: setting<readonly [SealingKey, ...SealingKey[]] | undefined>({
    group: "Data",
    isSecret: true,
    placeholder: "ID:KEY,...",
    help: "Encrypts what is on disk: 32 bytes in Base64 and a name for them. The first key seals, all of them open.",
    schema: sealingKeys,
    default: undefined,
  }),
  encryptionAcceptsPlain: setting<boolean>({
    group: "Data",
    help: "Read what was stored before there was a key, too.",
    schema: switchValue,
    default: false,
  }),
  audit: setting<"on" | "off" | undefined>({
    group: "Data",
    placeholder: "on|off",
    help: "Keep an audit of changes and denials; on where callers are asked who they are, unless said.",
    schema: z.enum(["on", "off"], "must be on or off").optional(),
    default: undefined,
  }),
  auditEntries: setting<number>({
    group: "Data",
    placeholder: "N",
    help: "Entries of the audit that are kept.",
    schema: whole(1000),
    default: 1_000_000,
  }),
  auditFile: setting<string | undefined>({
    group: "Data",
    placeholder: "FILE",
    help: "Where entries of the audit go as well, one JSON object a line; `-` for standard output.",
    schema: optionalText,
    default: undefined,
  }),
  auditFileBytes: setting<number>({
    group: "Data",
    placeholder: "BYTES",
    help: "Size at which that file is put aside, as FILE.1 to FILE.9, and begun anew.",
    schema: whole(1024),
    default: 64 * 1024 * 1024,
  }),
  historyCommits: setting<number>({
    group: "Data",
    placeholder: "N",
    help: "Commits of each session that are kept: watches resume and the past is read within them.",
    schema: whole(1),
    default: 10_000,
  }),
  historyAgeMs: setting<number | undefined>({
    group: "Data",
    placeholder: "MS",
    help: "How long commits are kept; a session's last one always is. Not limited by age unless given.",
    schema: whole(1000).optional(),
    default: undefined,
  }),
  historyBytes: setting<number | undefined>({
    group: "Data",
    placeholder: "BYTES",
    help: "Bytes of each session's newest commits that are kept. Not limited by size unless given.",
    schema: whole(1).optional(),
    default: undefined,
  }),
  maxLoadedSessions: setting<number>({
    group: "Data",
    placeholder: "N",
    help: "Sessions in memory, above which those that nobody uses leave it until they are asked for.",
    schema: whole(0),
    default: 10_000,
  }),
  idleSessionMs: setting<number>({
    group: "Data",
    placeholder: "MS",
    help: "How long a session that nobody uses or watches stays in memory.",
    schema: whole(0),
    default: 600_000,
  }),
  types: setting<readonly string[]>({
    group: "Serving",
    placeholder: "MODULE,...",
    help: "JavaScript modules with further variable types: each exports `types`, a list of VariableType.",
    schema: list,
    default: [],
  }),
  static: setting<string | undefined>({
    group: "Serving",
    placeholder: "DIR",
    help: "A folder whose files are served beside the API.",
    schema: optionalText,
    default: undefined,
  }),
  sweepIntervalMs: setting<number>({
    group: "Serving",
    placeholder: "MS",
    help: "How often expired sessions are removed.",
    schema: whole(100),
    default: 60_000,
  }),
  bookmarkIntervalMs: setting<number>({
    group: "Serving",
    placeholder: "MS",
    help: "How often a quiet watch says how far it is.",
    schema: whole(100),
    default: 15_000,
  }),
  ...observingSettings,
  ...limitSettings,
} as const;

/** Names of the settings. */
export type SettingName = keyof typeof settingSpecs;

/** What a server is run with. */
export type Settings = { readonly [K in SettingName]: (typeof settingSpecs)[K]["default"] };

/** What holds where nothing else is said. */
export const defaultSettings = Object.fromEntries(
  Object.entries(settingSpecs).map(([name, spec]) => [name, spec.default]),
) as Settings;

/** Names of the settings, in the order in which they are explained. */
export const settingNames = Object.keys(settingSpecs) as SettingName[];

const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** The flag of a setting: `--tls-cert`. */
export const flagOf = (name: SettingName): string => `--${kebab(name)}`;

/** The environment variable of a setting: `TRIMTAB_TLS_CERT`. */
export const variableOf = (name: SettingName): string => `TRIMTAB_${kebab(name).replaceAll("-", "_").toUpperCase()}`;
