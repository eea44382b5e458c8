import { kinds, requireArguments, writeKinds } from "@trimtab/core";
import type { StoreClientOptions } from "./create-store-client.ts";

const { having, number, options, text } = kinds;

const transport = ["transport", having("unary", "stream")] as const;
const settings = [
  "options",
  options<StoreClientOptions>({ actor: text, origin: writeKinds.origin, timeoutMs: number }),
] as const;

/** Throws `invalid_argument` where a client is to be made of what is no transport, or of options of another kind. */
export const requireClient = (given: unknown, how: unknown): void =>
  requireArguments([transport, settings], [given, how]);

/** Throws `invalid_argument` where what is to open transports is no function, or opened none. */
export const requireOpening = (open: unknown): void => requireArguments([["open", kinds.callable]], [open]);
export const requireOpened = (opened: unknown): void => requireArguments([transport], [opened]);

const sessions = ["sessions", having("request", "notifyResponseByteRead")] as const;

/** Throws `invalid_argument` where answers are to be read at once of what makes no requests. */
export const requireSessions = (given: unknown): void => requireArguments([sessions], [given]);
