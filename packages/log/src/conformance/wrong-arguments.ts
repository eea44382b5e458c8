import { expect } from "vitest";

/** What a program without types may hand over in place of a number: none, another kind of thing, or one that counts nothing. */
export const noNumbers: readonly unknown[] = [
  undefined,
  null,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  -1,
  1.5,
  2 ** 53,
  1n,
  "1",
  "",
  true,
  Symbol("number"),
  () => 1,
  [1],
  {},
  Object.create(null),
  new Date(0),
];

/** What it may hand over in place of text. */
export const noTexts: readonly unknown[] = [
  undefined,
  null,
  1,
  1n,
  true,
  Symbol("text"),
  () => "a",
  ["a"],
  {},
  Object.create(null),
  new Date(0),
  new URL("file:///tmp"),
];

/** What it may hand over in place of several of something. */
export const noLists: readonly unknown[] = [undefined, null, 1, "entries", true, () => [], {}, new Set(["a"])];
/** What it may hand over in place of an object with methods. */
export const noObjects: readonly unknown[] = [undefined, null, 1, "log", true, Symbol("log"), () => ({}), {}, []];
/** What it may hand over in place of something to call. */
export const noFunctions: readonly unknown[] = [null, 1, "f", true, {}, [], Promise.resolve()];

/** Expects a call to be refused by the name of an argument, with each of what it may not be. */
export async function expectRefused(
  field: string,
  wrong: readonly unknown[],
  call: (argument: never) => unknown,
): Promise<void> {
  for (const argument of wrong) {
    const error: unknown = await settled(() => call(argument as never));
    const what = typeof argument === "symbol" ? "a symbol" : JSON.stringify(argument, sayBigint);
    if (!(error instanceof RangeError)) expect.fail(`${field} as ${what} comes to ${String(error)}`);
    expect(error.message.startsWith(`${field} must be `), `${what} as ${field}: ${error.message}`).toBe(true);
  }
}

const sayBigint = (_: string, value: unknown) => (typeof value === "bigint" ? `${value}n` : value);

async function settled(call: () => unknown): Promise<unknown> {
  try {
    return await call();
  } catch (error) {
    return error;
  }
}
