// Arguments that no log takes are refused with a RangeError that names them, in the same words by every engine and layer. Each check gives
// what it was given.

type Check = (field: string, value: never) => unknown;

/** The name of a stream: any text that has a form in UTF-8, since two that have none could become one name. */
export function stream(value: string): string {
  if (!text("stream", value).isWellFormed()) throw wrong("stream", value, "well-formed text");
  return value;
}

/** Numbers of entries, and counts of them. */
export function number(field: string, value: number, min = 0): number {
  if (Number.isSafeInteger(value) && value >= min) return value;
  throw wrong(field, value, `a whole number of at least ${min}`);
}

/** Several in their order. */
export function list<T>(field: string, value: readonly T[]): readonly T[] {
  if (Array.isArray(value)) return value;
  throw wrong(field, value, "a list");
}

/** Bytes in one array. */
export function array(field: string, value: Uint8Array): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw wrong(field, value, "a Uint8Array");
}

/** Bytes in parts. */
export function parts(field: string, value: readonly Uint8Array[]): readonly Uint8Array[] {
  for (const part of list(field, value))
    if (!(part instanceof Uint8Array)) throw wrong(field, part, "a Uint8Array or a list of them");
  return value;
}

/** Text, whatever it says. */
export function text(field: string, value: string): string {
  if (typeof value === "string") return value;
  throw wrong(field, value, "text");
}

/** Text that says something, such as the path of a folder. */
export function filled(field: string, value: string): string {
  if (typeof value === "string" && value !== "") return value;
  throw wrong(field, value, "text that is not empty");
}

/** `true` or `false`, and nothing that is taken for one. */
export function flag(field: string, value: boolean): boolean {
  if (typeof value === "boolean") return value;
  throw wrong(field, value, "true or false");
}

/** Something to call. */
export function callable<F>(field: string, value: F): F {
  if (typeof value === "function") return value;
  throw wrong(field, value, "a function");
}

/** What ends what follows. */
export function signal(field: string, value: AbortSignal): AbortSignal {
  if (value instanceof AbortSignal) return value;
  throw wrong(field, value, "an AbortSignal");
}

/** An object with these methods, of whichever class. */
export function having<T extends object>(field: string, value: T, ...methods: readonly (keyof T & string)[]): T {
  if (!isObject(value)) throw wrong(field, value, "an object");
  const missing = methods.find((name) => typeof value[name] !== "function");
  if (missing === undefined) return value;
  throw wrong(field, value, `an object with a method ${missing}`);
}

/** What says how something is done: one that is unknown is misspelt, or meant for something else. Those that are `undefined` are passed over. */
export function options<T extends object>(field: string, value: T, checks: { readonly [K in keyof T]-?: Check }): T {
  if (!isObject(value) || kindOf(value) === "list") throw wrong(field, value, "an object");
  for (const [name, check] of Object.entries<Check>(checks)) {
    const option: unknown = value[name as keyof T];
    if (option !== undefined) check(name, option as never);
  }
  const given = Object.keys(value).filter((name) => value[name as keyof T] !== undefined);
  const unknown = given.find((name) => !Object.hasOwn(checks, name));
  if (unknown === undefined) return value;
  throw new RangeError(`${unknown}: ${field} has no such field; there are ${Object.keys(checks).join(", ")}`);
}

/** The refusal of an argument that is not what it must be; what it is instead is said of text and numbers. */
export function wrong(field: string, value: unknown, what: string): RangeError {
  return new RangeError(`${field} must be ${what}, got ${shown(value)}`);
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, 64));
  return isObject(value) || typeof value === "function" ? kindOf(value) : String(value);
}

const kindOf = (value: unknown): string => (value === null ? "null" : Array.isArray(value) ? "list" : typeof value);
