import { kinds, origins, type Variable, type VariableVersion } from "@trimtab/core";
import type { PlainSurroundings } from "./plain-variable.ts";

const { absentable, flag, iterable, list, oneOf, options, partOf, text, time, values, whole } = kinds;

type Told =
  | "id"
  | "name"
  | "type"
  | "payload"
  | "constraints"
  | "metadata"
  | "version"
  | "createdAtMs"
  | "updatedAtMs"
  | "origin";

/** As much of a value as says what it is. */
const payload = partOf<{ readonly kind: string }>({ kind: text });

const variable = partOf<Pick<Variable, Told>>({
  id: text,
  name: text,
  type: text,
  payload,
  constraints: values,
  metadata: values,
  version: whole,
  createdAtMs: time,
  updatedAtMs: time,
  origin: oneOf(origins),
});

const version = partOf<
  Pick<VariableVersion, "version" | "payload" | "updatedAtMs" | "updatedBy" | "origin" | "metadata">
>({
  version: whole,
  ...absentable({ payload }),
  updatedAtMs: time,
  updatedBy: text,
  origin: oneOf(origins),
  metadata: values,
});

/** What the arguments of `toPlain` are. */
export const writingArguments = [
  ["variable", variable],
  ["surroundings", options<PlainSurroundings>({ dependencies: iterable, history: list(version) })],
] as const;

/** What the arguments of `toMap` are. */
export const mappingArguments = [
  ["variable", variable],
  ["options", options<{ optimizing?: boolean }>({ optimizing: flag })],
] as const;

/** What says by itself what is wrong with it, where it can be looked at. */
const readable: kinds.Kind<unknown> = (value) => {
  if (typeof value === "object" && value !== null) Object.keys(value);
  return undefined;
};

/** What the arguments of `fromPlain` are. */
export const readingArguments = [
  ["variable", readable],
  ["options", options<{ nowMs?: number }>({ nowMs: time })],
] as const;
