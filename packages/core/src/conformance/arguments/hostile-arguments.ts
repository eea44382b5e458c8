/** What a program without types may hand over in place of anything. */
const hostileArguments: readonly (readonly [name: string, make: () => unknown])[] = [
  ["undefined", () => undefined],
  ["null", () => null],
  ["a number", () => 1_000_000],
  ["NaN", () => Number.NaN],
  ["an infinity", () => Number.POSITIVE_INFINITY],
  ["a negative number", () => -1],
  ["a fraction", () => 1.5],
  ["a number beyond the whole ones", () => 2 ** 53],
  ["a bigint", () => 10n],
  ["text", () => "x"],
  ["empty text", () => ""],
  ["text with a lone surrogate", () => "a\ud800"],
  ["a boolean", () => true],
  ["a symbol", () => Symbol("argument")],
  ["a function", () => () => 1],
  ["an empty list", () => []],
  ["a list of nothing", () => [null, undefined]],
  ["a list of numbers", () => [1, 2]],
  ["an empty object", () => ({})],
  ["an object without a prototype", () => Object.create(null)],
  ["an object with other fields", () => ({ wrong: 1, kind: "wrong" })],
  ["an object that throws", () => new Proxy({}, throwing)],
  ["a list that throws", () => new Proxy([], throwing)],
  ["an object that was revoked", revoked],
  ["a date that is none", () => new Date(Number.NaN)],
  ["a map", () => new Map([[1, 2]])],
  ["a promise", () => Promise.resolve({})],
];

function fail(): never {
  throw new Error("must not be looked at");
}

const throwing: ProxyHandler<object> = { get: fail, has: fail, ownKeys: fail, getOwnPropertyDescriptor: fail };

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

/** Arguments of which one, or something within one, is replaced by each of these in turn. */
export function* hostileVariants(
  args: readonly unknown[],
): Generator<readonly [what: string, args: readonly unknown[]]> {
  for (const [index] of args.entries()) {
    for (const [what, argument] of variantsOf(args[index], `argument ${index}`)) {
      yield [what, args.with(index, argument)];
    }
  }
}

function* variantsOf(value: unknown, path: string): Generator<readonly [what: string, value: unknown]> {
  for (const [name, make] of hostileArguments) yield [`${name} as ${path}`, make()];
  if (Array.isArray(value)) {
    for (const [what, item] of variantsOf(value[0], `${path}[0]`)) yield [what, value.with(0, item)];
  } else if (isPlain(value)) {
    for (const [key, member] of Object.entries(value)) {
      for (const [what, changed] of variantsOf(member, `${path}.${key}`)) yield [what, { ...value, [key]: changed }];
    }
  }
}

/** What takes one of a few words, by its name. */
const choices = new Set(
  "direction effect groupBy ifExists kind onConflict orderBy origin outcome outcomes permission permissions state states status statuses strategy".split(
    " ",
  ),
);

/** Arguments of which one word to choose, or one within one, is replaced by none of those there are. */
export function* misspeltVariants(value: unknown, name = ""): Generator<readonly [what: string, value: unknown]> {
  if (typeof value === "string" && choices.has(name)) yield [name, "misspelt"];
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries())
      for (const [what, changed] of misspeltVariants(item, name)) yield [what, value.with(index, changed)];
  } else if (isPlain(value)) {
    // Variables that are taken in are told by their values.
    for (const [key, member] of Object.entries(value).filter(([each]) => each !== "payload"))
      for (const [what, changed] of misspeltVariants(member, key)) yield [what, { ...value, [key]: changed }];
  }
}

export const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
