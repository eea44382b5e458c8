import { kinds } from "@trimtab/core";
import type { OpenSessionOptions } from "./open-session.ts";

const { anything, callable, flag, having, number, options, record, signal, text, values } = kinds;

const store = ["store", having("createSession", "watch")] as const;

/** What the arguments of `openSession` are; times are looked at by themselves. */
export const openingArguments = [
  store,
  ["id", text],
  ["declarations", record],
  [
    "options",
    options<OpenSessionOptions>({
      names: record,
      origin: text,
      signal,
      timeoutMs: anything,
      livenessTimeoutMs: anything,
      onError: callable,
      reportReads: anything,
      reportReadsMs: anything,
      timers: having("schedule", "random"),
      create: flag,
      ttlMs: number,
      metadata: values,
      actor: text,
    }),
  ],
] as const;

/** What the arguments of `observeSession` are. */
export const observingArguments = [
  store,
  ["session", text],
  [
    "options",
    options<{ timers?: object; onError?: (error: never) => unknown }>({
      timers: having("schedule", "random"),
      onError: callable,
    }),
  ],
] as const;
