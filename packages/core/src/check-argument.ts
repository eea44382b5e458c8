import type { Parsed } from "./parse-value.ts";
import { fromPayload, payloadSize, toPayload, UnsupportedValueError, type ValueRecord } from "./payload.ts";
import { type Refusal, refusal } from "./store-error.ts";
import { emptyRecord } from "./variable.ts";

/** Refuses a name or id that is empty, too long, ill-formed, or holds a control character or `/`. */
export function checkName(name: unknown, field: string, maxLength: number): Refusal | undefined {
  if (typeof name !== "string") return notText(name, field);
  if (name === "") return refusal("invalid_argument", `${field} must not be empty`, { field, value: name });
  if (name.length > maxLength) return tooLong(field, name, maxLength);
  if (!name.isWellFormed()) return illFormed(field);
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i);
    if (code < 0x20 || (code >= 0x7f && code < 0xa0) || code === 0x2f) {
      const shown = code === 0x2f ? '"/"' : `the control character U+${code.toString(16).padStart(4, "0")}`;
      const message = `${field} holds ${shown} at position ${i}, which names and ids may not`;
      return refusal("invalid_argument", message, { field, value: name });
    }
  }
  return undefined;
}

/** Takes plain named data: copies and freezes it, or refuses what is no plain data or larger than the limit. */
export function parseRecord(record: unknown, field: string, maxBytes: number): Parsed<ValueRecord> {
  if (record === undefined) return { kind: "parsed", value: emptyRecord };
  try {
    const payload = toPayload(record, field);
    if (payload.kind !== "map") {
      return { kind: "refused", refusal: refusal("invalid_argument", `${field} must be named values`, { field }) };
    }
    const size = payloadSize(payload);
    if (size > maxBytes) return { kind: "refused", refusal: tooLarge(field, size, maxBytes) };
    return { kind: "parsed", value: Object.freeze(fromPayload(payload) as ValueRecord) };
  } catch (error) {
    const isOurs = error instanceof UnsupportedValueError;
    const message = isOurs ? error.message : `${field} cannot be read as plain data`;
    const details = { field: isOurs ? error.path || field : field };
    return { kind: "refused", refusal: refusal("invalid_argument", message, details) };
  }
}

/** The refusal of something that takes more bytes than it may. */
export const tooLarge = (field: string, size: number, limit: number): Refusal<"limit_exceeded"> =>
  refusal("limit_exceeded", `${field} takes ${size} bytes, at most ${limit} are allowed`, {
    field,
    limit,
    value: size,
  });

/** The farthest that a time may lie from the Unix epoch, in milliseconds: beyond, a number tells no microseconds apart. */
const maxTimeMs = Number.MAX_SAFE_INTEGER / 1000;

/** Refuses anything but a time in milliseconds since the Unix epoch that is exact to the microsecond. */
export function checkTime(atMs: unknown, field: string): Refusal | undefined {
  if (typeof atMs === "number" && Math.abs(atMs) <= maxTimeMs) return undefined;
  const what = `${field} must be a time in milliseconds since 1970`;
  if (typeof atMs !== "number" || !Number.isFinite(atMs)) {
    return refusal("invalid_argument", `${what}, got ${shown(atMs)}`, { field });
  }
  const limit = Math.sign(atMs) * maxTimeMs;
  const bounds = `${limit < 0 ? "down" : "up"} to ${limit}, in the year ${new Date(limit).getUTCFullYear()}`;
  return refusal("invalid_argument", `${what}, ${bounds}, got ${atMs}`, { field, limit, value: atMs });
}

/** Refuses times from and until which to look, where either is none or the range ends before it begins. */
export function checkTimeRange({ sinceMs, untilMs }: { sinceMs?: number; untilMs?: number }): Refusal | undefined {
  const wrong =
    (sinceMs === undefined ? undefined : checkTime(sinceMs, "sinceMs")) ??
    (untilMs === undefined ? undefined : checkTime(untilMs, "untilMs"));
  if (wrong !== undefined || sinceMs === undefined || untilMs === undefined || sinceMs <= untilMs) return wrong;
  return refusal("invalid_argument", `untilMs lies before the beginning: ${untilMs} is less than ${sinceMs}`, {
    field: "untilMs",
    limit: sinceMs,
    value: untilMs,
  });
}

/** Refuses what is there and no text that can be stored and sent, or longer than it may be. */
export function checkText(text: unknown, field: string, maxLength: number): Refusal | undefined {
  if (text === undefined) return undefined;
  if (typeof text !== "string") return notText(text, field);
  if (text.length > maxLength) return tooLong(field, text, maxLength);
  return text.isWellFormed() ? undefined : illFormed(field);
}

/** Refuses what is no text. */
export const notText = (text: unknown, field: string): Refusal =>
  refusal("invalid_argument", `${field} must be text, got ${typeof text}`, { field });

/** Refuses anything but a list. */
export function checkList(list: unknown, field: string): Refusal | undefined {
  if (Array.isArray(list)) return undefined;
  return refusal("invalid_argument", `${field} must be a list, got ${kindOf(list)}`, { field });
}

/** Refuses anything but an object, of whichever kind. */
export function checkObject(object: unknown, field: string): Refusal | undefined {
  if (typeof object === "object" && object !== null) return undefined;
  return refusal("invalid_argument", `${field} must be an object, got ${kindOf(object)}`, { field });
}

/** What kind of thing a value is, for who handed it over in place of another. */
export function kindOf(value: unknown): string {
  if (value === null) return "null";
  try {
    return Array.isArray(value) ? "list" : typeof value;
  } catch {
    // A proxy that was revoked cannot be asked.
    return "object";
  }
}

const illFormed = (field: string): Refusal =>
  refusal("invalid_argument", `${field} is not well-formed Unicode`, { field });

const tooLong = (field: string, { length }: string, limit: number): Refusal =>
  refusal("invalid_argument", `${field} has ${length} characters, at most ${limit} are allowed`, {
    field,
    limit,
    value: length,
  });

/** Refuses what is there and none of some words. */
export function checkChoice(choice: unknown, field: string, choices: readonly string[]): Refusal | undefined {
  if (choice === undefined || (choices as readonly unknown[]).includes(choice)) return undefined;
  const given = typeof choice === "string" ? choice : shown(choice);
  return refusal("invalid_argument", `${field} must be one of ${choices.join(", ")}, got ${given}`, {
    field,
    value: given,
  });
}

/** What somebody handed over, for a message: text so that it is not taken for a number, and an object by what kind it is. */
export function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, 64));
  return typeof value === "object" || typeof value === "function" ? kindOf(value) : String(value);
}

/** Refuses anything but a whole number of at least `min`. */
export function checkWhole(value: unknown, field: string, min: number): Refusal | undefined {
  if (Number.isSafeInteger(value) && (value as number) >= min) return undefined;
  const details = { field, limit: min, ...(typeof value === "number" && { value }) };
  return refusal(
    "invalid_argument",
    `${field} must be a whole number of at least ${min}, got ${shown(value)}`,
    details,
  );
}

/** Refuses anything but a whole number within limits. */
export function checkRange(
  value: unknown,
  field: string,
  { min, max }: { readonly min: number; readonly max: number },
): Refusal | undefined {
  if (typeof value !== "number" || !(value > max)) return checkWhole(value, field, min);
  return refusal("invalid_argument", `${field} must be at most ${max}, got ${value}`, { field, limit: max, value });
}
