import { defaultTtlMs, ttlLimits } from "@trimtab/core";
import { parseSealingKeys, type SealingKey } from "@trimtab/log-sealed";
import * as z from "zod";
import { optionalText, setting, switchValue, text, whole } from "./setting-spec.ts";

const sealingKeys = z.string().transform((keys, context) => {
  try {
    // As it comes of a secret that is not there: nothing must go on disk in the clear for that.
    if (keys.trim() === "") throw new RangeError("must not be empty: leave it out where nothing is to be encrypted");
    return parseSealingKeys(keys);
  } catch (error) {
    const message = error instanceof Error ? error.message : "is refused";
    context.issues.push({ code: "custom", message, input: "" });
    return z.NEVER;
  }
});

/** Where data is kept, and how much of it. */
export const dataSettings = {
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
    schema: text,
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
  sessionTtlMs: setting<number>({
    group: "Data",
    placeholder: "MS",
    help: "How long a session that says nothing else is kept when nobody uses or watches it; then it is deleted.",
    schema: whole(ttlLimits.min, ttlLimits.max),
    default: defaultTtlMs,
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
} as const;
