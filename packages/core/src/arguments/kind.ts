// What the arguments of calls may be, as far as a type says: kinds, which find fault with what is of another one, and how kinds are made
// of others. Callers without a compiler meet them; what a value says is looked at by who uses it.

import {
  checkChoice,
  checkList,
  checkObject,
  checkRange,
  checkTime,
  checkWhole,
  kindOf,
  notText,
  shown,
} from "../check-argument.ts";
import { nearest } from "../nearest.ts";
import { type Refusal, refusal } from "../store-error.ts";

/** Says what keeps an argument from being of a kind that a `T` is of; whether it is a good one is asked elsewhere. */
export interface Kind<in T> {
  /** `field` names it; what is in an argument of a call goes by its own name. */
  (value: unknown, field: string, isArgument?: boolean): Refusal | undefined;
  /** For the compiler alone. */
  readonly takes?: (value: T) => void;
}

/** The arguments of a call, in order. */
type ArgumentKinds<A extends readonly unknown[]> = {
  readonly [I in keyof A]-?: readonly [name: string, kind: Kind<A[I]>];
};

/** The arguments of methods, by name; the compiler says where an option is forgotten. */
export type CallArguments<Calls> = {
  readonly [M in keyof Calls]: Calls[M] extends (...args: infer A) => unknown ? ArgumentKinds<A> : never;
};

/** Is looked at elsewhere, or may be anything. */
export const anything: Kind<unknown> = () => undefined;

/** Text, whatever it says. */
export const text: Kind<string> = (value, field) => (typeof value === "string" ? undefined : notText(value, field));

/** Text that says something. */
export const filled: Kind<string> = (value, field) =>
  text(value, field) ??
  (value === "" ? refusal("invalid_argument", `${field} must not be empty`, { field, value }) : undefined);

/** A number, whichever. */
export const number: Kind<number> = (value, field) =>
  typeof value === "number" ? undefined : wrong(value, field, "a number");

/** `true` or `false`, and nothing that is taken for one. */
export const flag: Kind<boolean> = (value, field) =>
  typeof value === "boolean" ? undefined : wrong(value, field, "true or false");

/** One of some words. */
export const oneOf =
  <T extends string>(words: readonly T[]): Kind<T> =>
  (value, field) =>
    typeof value === "string" ? checkChoice(value, field, words) : wrong(value, field, `one of ${words.join(", ")}`);

/** A whole number of at least 0. */
export const whole: Kind<number> = (value, field) => checkWhole(value, field, 0);

/** Milliseconds since the Unix epoch. */
export const time: Kind<number> = checkTime;

/** A number of at least `min`; `Infinity` is, which means that there is no limit. */
export const atLeast =
  (min: number): Kind<number> =>
  (value, field) => {
    if (typeof value === "number" && value >= min) return undefined;
    const details = { field, limit: min, ...(typeof value === "number" && { value }) };
    return refusal("invalid_argument", `${field} must be a number of at least ${min}, got ${shown(value)}`, details);
  };

/** Milliseconds that a timer can wait for. */
export const interval: Kind<number> = (value, field) => checkRange(value, field, { min: 1, max: 2 ** 31 - 1 });

/** Something to call. */
export const callable: Kind<(...args: never) => unknown> = (value, field) =>
  typeof value === "function" ? undefined : wrong(value, field, "a function");

/** An object with these methods, of whichever class. */
export const having =
  (...methods: readonly string[]): Kind<object> =>
  (value, field) => {
    const refused = checkObject(value, field);
    if (refused !== undefined) return refused;
    const missing = methods.find((name) => typeof (value as Record<string, unknown>)[name] !== "function");
    return missing === undefined ? undefined : wrong(value, field, `an object with a method ${missing}`);
  };

/** What ends a call. */
export const signal: Kind<AbortSignal> = (value, field) =>
  value instanceof AbortSignal ? undefined : wrong(value, field, "an AbortSignal");

/** An object of whatever is in it, and no list. */
export const record: Kind<object> = (value, field) =>
  Array.isArray(value) ? wrong(value, field, "an object") : checkObject(value, field);

/** Named values, which are looked at elsewhere as far as they can be. */
export const values: Kind<object> = (value, field) => {
  const refused = record(value, field);
  // What throws when it is looked at does so here, where the field is known.
  if (refused === undefined) Object.keys(value as object);
  return refused;
};

/** An object that may be a list, too: something to iterate. */
export const entries: Kind<object> = checkObject;

/** Something to go through, a list or a set for instance. */
export const iterable: Kind<Iterable<unknown>> = (value, field) =>
  checkObject(value, field) ??
  (Symbol.iterator in (value as object) ? undefined : wrong(value, field, "something to iterate"));

/** A list of what is of one kind. */
export const list =
  <T>(kind: Kind<T>): Kind<readonly T[]> =>
  (value, field) => {
    const refused = checkList(value, field);
    if (refused !== undefined || kind === anything) return refused;
    for (const [index, item] of (value as readonly unknown[]).entries()) {
      const unlike = kind(item, `${field}[${index}]`);
      if (unlike !== undefined) return unlike;
    }
    return undefined;
  };

/** An object of what is of one kind, by whichever names. */
export const recordOf =
  <T>(kind: Kind<T>): Kind<Readonly<Record<string, T>>> =>
  (value, field) => {
    const refused = record(value, field);
    if (refused !== undefined) return refused;
    for (const [name, item] of Object.entries(value as object)) {
      const unlike = kind(item, `${field}.${name}`);
      if (unlike !== undefined) return unlike;
    }
    return undefined;
  };

const numbers = list(number);
/** A number, or a list of them. */
export const numberOrMore: Kind<number | readonly number[]> = (value, field) =>
  typeof value === "number" ? undefined : numbers(value, field);

/** What is named from its argument on, `to.kind`, since `kind` alone would not say of what. */
export const withArgument =
  <T>(kind: Kind<T>): Kind<T> =>
  (value, field) =>
    kind(value, field);

/** What may be absent. */
export const optional =
  <T>(kind: Kind<T>): Kind<T | undefined> =>
  (value, field, isArgument) =>
    value === undefined ? undefined : kind(value, field, isArgument);

/** The fields of an object. */
export type FieldKinds<T> = { readonly [K in keyof T]-?: Kind<T[K]> };

/** What has been read has beside the fields of what is given, and may be given back with it. */
export type ReadBeside<Read, Given> = { readonly [K in Exclude<keyof Read, keyof Given>]-?: true };

/**
 * An object with fields and no others: one that is unknown is misspelt, or meant for something else. Those `beside` are passed over,
 * and so is what is `undefined`.
 */
export function object<T extends object>(fields: FieldKinds<NoInfer<T>>, beside: object = {}): Kind<T> {
  const part = partOf<T>(fields);
  const names = Object.keys(fields);
  const known = new Set([...names, ...Object.keys(beside)]);
  return (value, field, isArgument) => {
    const refused = part(value, field, isArgument);
    if (refused !== undefined) return refused;
    const name = unknownName(value as object, known);
    if (name === undefined) return undefined;
    const meant = nearest(name, names);
    const hint = meant === undefined ? `there are ${names.join(", ") || "none"}` : `did you mean ${meant}?`;
    const path = isArgument ? name : `${field}.${name}`;
    return refusal("invalid_argument", `${path}: ${field} has no such field; ${hint}`, { field: path });
  };
}

/** Gives a name in an object that is none of those known, where there is something by that name. */
export function unknownName(value: object, known: ReadonlySet<string>): string | undefined {
  for (const name in value) {
    if (known.has(name) || !Object.hasOwn(value, name)) continue;
    if ((value as Record<string, unknown>)[name] !== undefined) return name;
  }
  return undefined;
}

/** An object with fields, whatever else is in it. */
export function partOf<T extends object>(fields: FieldKinds<NoInfer<T>>): Kind<T> {
  const kinds = Object.entries<Kind<never>>(fields);
  return (value, field, isArgument) => {
    const refused = record(value, field);
    if (refused !== undefined) return refused;
    for (const [name, kind] of kinds) {
      const unlike = kind((value as Record<string, unknown>)[name], isArgument ? name : `${field}.${name}`);
      if (unlike !== undefined) return unlike;
    }
    return undefined;
  };
}

/** The fields of an object, each of which may be absent. */
export type OptionKinds<T> = { readonly [K in keyof T]-?: Kind<Exclude<T[K], undefined>> };

/** The same fields, each of which may be absent. */
export const absentable = <T>(
  fields: { readonly [K in keyof T]: Kind<T[K]> },
): {
  readonly [K in keyof T]: Kind<T[K] | undefined>;
} =>
  Object.fromEntries(Object.entries<Kind<never>>(fields).map(([name, kind]) => [name, optional(kind)])) as unknown as {
    readonly [K in keyof T]: Kind<T[K] | undefined>;
  };

/** What says how something is done, each part of which may be absent, and so may all of it. */
export const options = <T extends object>(fields: OptionKinds<NoInfer<T>>, beside?: object): Kind<T | undefined> =>
  optional(object<T>(absentable(fields as FieldKinds<T>) as FieldKinds<T>, beside));

const wrong = (value: unknown, field: string, what: string): Refusal =>
  refusal("invalid_argument", `${field} must be ${what}, got ${kindOf(value)}`, { field });
