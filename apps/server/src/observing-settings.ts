import * as z from "zod";
import { optionalText, setting, switchValue } from "./setting-spec.ts";

const ratioForm = "must be a number from 0 to 1";
const isWebAddress = (text: string) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
const logLevels = ["debug", "info", "warn", "error"] as const;

/** The settings that say what a server tells of itself. */
export const observingSettings = {
  metrics: setting<boolean>({
    group: "Observing",
    help: "Measure calls and the log, and give the figures to Prometheus at /metrics, to whoever asks.",
    schema: switchValue,
    default: false,
  }),
  traceEndpoint: setting<string | undefined>({
    group: "Observing",
    placeholder: "URL",
    help: "Where traces are sent, by OTLP over HTTP: for instance http://127.0.0.1:4318/v1/traces.",
    schema: optionalText.refine((text) => text === undefined || isWebAddress(text), "must be a URL of http or https"),
    default: undefined,
  }),
  traceRatio: setting<number>({
    group: "Observing",
    placeholder: "RATIO",
    help: "Share of the traces that begin here which are recorded, 0 to 1; those of callers are as they say.",
    schema: z
      .union(
        [
          z.number(),
          z
            .string()
            .regex(/^\d+(\.\d+)?$/)
            .transform(Number),
        ],
        ratioForm,
      )
      .refine((ratio) => ratio >= 0 && ratio <= 1, ratioForm),
    default: 0.01,
  }),
  logLevel: setting<(typeof logLevels)[number] | undefined>({
    group: "Observing",
    placeholder: "debug|info|warn|error",
    help: "Write what happens to standard error, a JSON object a line, with trace ids: calls at debug, starting and stopping at info, faults at error. Faults alone, for people, unless given.",
    schema: z.enum(logLevels, `must be one of ${logLevels.join(", ")}`).optional(),
    default: undefined,
  }),
} as const;
