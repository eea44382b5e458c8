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
export const switchValue = z.union([
  z.boolean(),
  z.stringbool({ truthy: ["1", "true", "yes", "on"], falsy: ["0", "false", "no", "off", ""] }),
]);
/** A whole number within bounds, as a number or as its digits. */
export const whole = (min: number, max = Number.MAX_SAFE_INTEGER) =>
  z
    .union([z.number(), z.string().regex(/^\d+$/, "must be a whole number").transform(Number)])
    .refine(
      (value) => Number.isSafeInteger(value) && value >= min && value <= max,
      `must be a whole number from ${min} to ${max}`,
    );
/** Words with commas between them, or a list. */
export const list = z
  .union([z.array(z.string()), z.string().transform((text) => text.split(",").map((part) => part.trim()))])
  .transform((items) => items.filter((item) => item !== ""));

/** Addresses and blocks of them. */
export const networks = list.superRefine((items, context) => {
  try {
    parseNetworks(items);
  } catch (error) {
    context.addIssue({ code: "custom", message: error instanceof Error ? error.message : "is refused" });
  }
});

/** Text that need not be given. */
export const optionalText = z.string().min(1).optional();

/** Gives a setting its type. */
export const setting = <T>(spec: SettingSpec<T>): SettingSpec<T> => spec;
