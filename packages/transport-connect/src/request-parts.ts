import type { Value } from "@trimtab/core";
import { fromUint64, fromWirePlain } from "@trimtab/wire";
import type { VariableUpdate } from "@trimtab/wire/services";
import { required } from "./calls.ts";

/** The session that a request names. */
export const sessionOf = ({ sessionId }: { readonly sessionId: string }): string => required(sessionId, "session_id");

/** The study that a request names. */
export const studyOf = ({ studyId }: { readonly studyId: string }): string => required(studyId, "study_id");

/** Reads a version or revision that something must have, where one is given. */
export const toExpected = (expected: bigint | undefined, field = "expected_version"): number | undefined =>
  expected === undefined ? undefined : fromUint64(expected, field);

/** Turns a map into a map field. */
export const mapEntries = <T, W>(map: ReadonlyMap<string, T>, convert: (item: T) => W): { [key: string]: W } =>
  Object.fromEntries(Array.from(map, ([key, item]) => [key, convert(item)]));

/** Reads values by ref, in the order they were sent. */
export const toUpdates = (updates: readonly VariableUpdate[]): [string, Value][] =>
  updates.map(({ variable, value }, index) => [variable, fromWirePlain(value, `updates[${index}].value`)]);
