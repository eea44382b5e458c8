import type { CelMap } from "./cel-map.ts";

/** A CEL `uint`: 0 to 2^64-1. */
export class Uint {
  readonly value: bigint;
  constructor(value: bigint) {
    this.value = value;
  }
}

/** A moment, in nanoseconds since the Unix epoch; years 1 to 9999. */
export class Timestamp {
  readonly nanos: bigint;
  constructor(nanos: bigint) {
    this.nanos = nanos;
  }
}

/** A length of time in nanoseconds, of at most 64 bits. */
export class Duration {
  readonly nanos: bigint;
  constructor(nanos: bigint) {
    this.nanos = nanos;
  }
}

/** What `type(x)` gives. */
export class TypeValue {
  readonly name: TypeName;
  constructor(name: TypeName) {
    this.name = name;
  }
}

/**
 * Why a part of an expression has no value. It is a value itself and not an exception, since `&&`, `||`, `all` and
 * `exists` may have an answer in spite of it.
 */
export class Failure {
  readonly message: string;
  /** Offset in the source, once the call that failed is known. */
  at: number | undefined = undefined;
  constructor(message: string) {
    this.message = message;
  }
}

/** Builds a failure; the message is a sentence without a position, which is added by the caller. */
export const fail = (message: string): Failure => new Failure(message);

/** Items in order. Arrays are lists; so are views of payloads, which convert an item when it is asked for. */
export interface CelList {
  readonly length: number;
  /** The item at an index within bounds. */
  at(index: number): Cel | undefined;
}

/** Marks the classes that are lists beside `Array`. */
export abstract class ListView implements CelList {
  abstract readonly length: number;
  abstract at(index: number): Cel | undefined;
}

/** What each type's values are in JavaScript. */
export interface CelTypes {
  null_type: null;
  bool: boolean;
  int: bigint;
  uint: Uint;
  double: number;
  string: string;
  bytes: Uint8Array;
  list: CelList;
  map: CelMap;
  "google.protobuf.Timestamp": Timestamp;
  "google.protobuf.Duration": Duration;
  type: TypeValue;
}

/** Names of the types, as CEL writes them. */
export type TypeName = keyof CelTypes;

/** A value while an expression is evaluated. */
export type Cel = CelTypes[TypeName];

/** What evaluating a part gives. */
export type Result = Cel | Failure;

/** The name of a value's type. */
export function typeOf(value: Cel): TypeName {
  switch (typeof value) {
    case "number":
      return "double";
    case "bigint":
      return "int";
    case "boolean":
      return "bool";
    case "string":
      return "string";
    default:
      return value === null ? "null_type" : typeOfObject(value);
  }
}

function typeOfObject(value: object): TypeName {
  if (Array.isArray(value) || value instanceof ListView) return "list";
  if (value instanceof Uint) return "uint";
  if (value instanceof Uint8Array) return "bytes";
  if (value instanceof Timestamp) return "google.protobuf.Timestamp";
  if (value instanceof Duration) return "google.protobuf.Duration";
  if (value instanceof TypeValue) return "type";
  return "map";
}

/** Says whether a value is a list; narrower than comparing {@link typeOf}. */
export const isList = (value: Cel): value is CelList => Array.isArray(value) || value instanceof ListView;

/** Names of types as messages show them. */
export const shownType = (name: string): string => name.replace("google.protobuf.", "").replace("null_type", "null");

/** Text of an author's in a message, cut where it is long. */
export const shownText = (text: string): string => (text.length > 60 ? `${text.slice(0, 60).toWellFormed()}…` : text);
