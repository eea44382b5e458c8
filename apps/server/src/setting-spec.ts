import * as z from "zod";
import { parseNetworks } from "./forwarded-for.ts";

/** A setting as it is described to people and read from flags, environment and file. */
export interface SettingSpec<T = unknown> {
  /** What `--help` says of it. */
  readonly help: string;
  readonly group: "Listening" | "Callers" | "Data" | "Serving" | "Observing" | "Limits";
  /** Said only by the environment, where other people of the machine do not see it, and never repeated. */
  readonly isSecret?: true;
  /** What the value looks like, for `--help`; absent for a switch. */
  readonly placeholder?: string;
  /** Reads the value from text or, from a file, from JSON. */
  readonly schema: z.ZodType<T>;
  readonly default: T;
}

/** On or off. */
export const switchValue = z.union(
  [z.boolean(), z.stringbool({ truthy: ["1", "true", "yes", "on"], falsy: ["0", "false", "no", "off", ""] })],
  "must be on or off",
);

/** A whole number within bounds, as a number or as its digits. */
export function whole(min: number, max = Number.MAX_SAFE_INTEGER) {
  const limits = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
  const message = `must be a whole number ${limits}`;
  return z
    .union([z.number(), z.string().regex(/^\d+$/).transform(Number)], message)
    .refine((value) => Number.isSafeInteger(value) && value >= min && value <= max, message);
}

/** Words with commas between them, or a list. */
export const list = z
  .union(
    [z.array(z.string()), z.string().transform((text) => text.split(",").map((part) => part.trim()))],
    "must be words with commas between them, or a list of words",
  )
  .transform((items) => items.filter((item) => item !== ""));

/** An origin as browsers send it: a scheme, a host and perhaps a port, and no slash after them. */
const origin = /^[a-z][a-z\d+.-]*:\/\/[^/?#@\s]+$/;

/** Origins; or `*` for every one; `null` is what browsers send for pages that are files. */
export const origins = list.refine(
  (items) => items.every((item) => item === "*" || item === "null" || origin.test(item)),
  "must be origins such as https://app.example or http://127.0.0.1:3000, or *",
);

/** Addresses and blocks of them. */
export const networks = list.superRefine((items, context) => {
  try {
    parseNetworks(items);
  } catch (error) {
    context.addIssue({ code: "custom", message: error instanceof Error ? error.message : "is refused" });
  }
});

/** Text that need not be given. */
export const optionalText = z.string("must be text").min(1, "must not be empty").optional();

/** Text that has a default and cannot be empty. */
export const text = z.string("must be text").min(1, "must not be empty");

/** Gives a setting its type. */
export const setting = <T>(spec: SettingSpec<T>): SettingSpec<T> => spec;
