// What whoever serves calls may hand over, looked at where the engine would fail in words of its own, or send what was not meant.

import type { OutgoingHttpHeaders } from "node:http";
import type { BodyReader, Ending } from "./exchange.ts";

/** Refuses what cannot be the head of an answer, and a second one, which whoever gets it would take for a part of the body or for a fault. */
export function checkHead(status: number, headers: OutgoingHttpHeaders, hasStarted: boolean): void {
  if (hasStarted) throw new TypeError("start must be called once for each answer");
  if (!Number.isInteger(status) || status < 200 || status > 599) {
    throw new RangeError(`status must be a whole number from 200 to 599, got ${shown(status)}`);
  }
  checkRecord("headers", headers);
}

/** Refuses what is no bytes, since text would be sent as so many zeros, and what comes before the head. */
export function checkBytes(bytes: Uint8Array, hasStarted: boolean): void {
  if (!(bytes instanceof Uint8Array)) throw wrong("bytes", bytes, "a Uint8Array");
  // It would end the connection of whoever gets it.
  if (!hasStarted) throw new TypeError("start must be called before anything else is sent");
}

/** Gives pieces, unless they are no list. */
export function checkPieces(pieces: readonly Uint8Array[]): readonly Uint8Array[] {
  if (Array.isArray(pieces)) return pieces;
  throw wrong("pieces", pieces, "a list");
}

/** Gives an ending, unless it is none: bytes by themselves would be passed over. */
export function checkEnding(ending: Ending, hasStarted: boolean): Ending {
  if (!isObject(ending) || ArrayBuffer.isView(ending)) throw wrong("ending", ending, "an object such as { bytes }");
  if (ending.trailers !== undefined) checkRecord("trailers", ending.trailers);
  checkBytes(ending.bytes ?? noBytes, hasStarted);
  return ending;
}

/** The bytes of an ending that has none. */
export const noBytes = new Uint8Array();

/** Refuses what cannot take a body in. */
export function checkReader(reader: BodyReader): void {
  if (!isObject(reader)) throw wrong("reader", reader, "an object");
  checkCallable("reader.onData", reader.onData);
  checkCallable("reader.onEnd", reader.onEnd);
}

/** Refuses what cannot be called. */
export function checkCallable(field: string, value: unknown): void {
  if (typeof value !== "function") throw wrong(field, value, "a function");
}

/** Refuses options that there are none of, and those that are missing or no functions. */
export function checkOptions(options: object, known: readonly string[], callbacks: readonly string[]): void {
  checkRecord("options", options);
  refuseUnknown("options", options, known);
  for (const name of callbacks) checkCallable(name, (options as Record<string, unknown>)[name]);
}

/** Refuses a name that is none of those known, where something is by it. */
export function refuseUnknown(field: string, value: object, known: readonly string[]): void {
  for (const [name, given] of Object.entries(value)) {
    if (given === undefined || known.includes(name)) continue;
    const path = field === "options" ? name : `${field}.${name}`;
    throw new TypeError(`${path}: ${field} has no such field; there are ${known.join(", ")}`);
  }
}

/** Refuses what has no such methods. */
export function checkHaving(field: string, value: unknown, ...methods: readonly string[]): void {
  if (!isObject(value)) throw wrong(field, value, "an object");
  for (const name of methods)
    if (typeof Reflect.get(value, name) !== "function") throw wrong(field, value, `an object with a method ${name}`);
}

/** Refuses what is no object of named values. */
export function checkRecord(field: string, value: unknown): void {
  if (!isObject(value) || Array.isArray(value)) throw wrong(field, value, "an object");
}

/** Gives the value of a field of HTTP as text. */
export function fieldText(name: string, value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  throw wrong(`the field ${name}`, value, "text or a number");
}

/** Makes the error of a value that is of another kind than it must be. */
const wrong = (field: string, value: unknown, what: string): TypeError =>
  new TypeError(`${field} must be ${what}, got ${shown(value)}`);

/** What somebody handed over, for a message. */
export function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, 64));
  if (value === null || (typeof value !== "object" && typeof value !== "function")) return String(value);
  return Array.isArray(value) ? "list" : typeof value;
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;
