import fc from "fast-check";

/** Keys that objects of JavaScript have without being given them. */
export const inheritedKeys = ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "valueOf"];

const repeat = (text: string, count: number) => text.repeat(count);

/** Text that is long, odd, or means something to whatever reads it next. */
const oddTexts = [
  "",
  " ",
  "\0",
  "a\0b",
  "../../etc/passwd",
  "s/temperature",
  "\u202Eabc\u202C",
  "\uFEFF",
  "e\u0301",
  "é",
  "💡",
  "#{7*7}",
  "%00",
  "'; DROP TABLE entry; --",
  "=1+1",
  '"\\\n\r\t',
  repeat("x", 256),
  repeat("💡", 300),
  repeat("ä", 70_000),
  ...inheritedKeys,
];

/** Globs that make a matcher that tries every split take for ever. */
const globs = ["*", "", "te*", repeat("*a", 60), `${repeat("*", 250)}b`, repeat("a*", 120), "[", "(", "\\", "**"];

/** Patterns that make a backtracking engine take for ever, that blow up when they are compiled, or that are none. */
const regexes = [
  "(a+)+$",
  "(a|a)*b",
  "(.*)*x",
  repeat("(", 500),
  repeat("(a?){0,50}", 20),
  "a{1000}{1000}",
  "((((a{100}){100}){100}){100})",
  "(?=x)",
  "\\1(a)",
  "[",
  "^\\p{L}+$",
  repeat("[^a]*", 200),
];

const comprehension = (depth: number): string =>
  depth === 0 ? "1" : `[1,2,3,4,5,6,7,8,9,0].map(x${depth}, ${comprehension(depth - 1)})`;

/** Expressions that are deep, long, costly, or false friends. */
const expressions = [
  "temperature < 1.0",
  "temperature + 1.0",
  "true",
  "1",
  "",
  "(",
  `${repeat("(", 3000)}1${repeat(")", 3000)}`,
  `${repeat("!", 5000)}true`,
  `1${repeat("+1", 20_000)}`,
  comprehension(3),
  comprehension(9),
  `"x".matches("${repeat("(a+)+", 20)}$")`,
  `"${repeat("a", 5000)}".matches("(a|a)*b")`,
  `[${repeat("temperature,", 2000)}1.0].all(x, x > 0.0)`,
  `${repeat("[", 400)}${repeat("]", 400)}`,
  `{${Array.from({ length: 500 }, (_, i) => `"k${i}":${i}`).join(",")}}.size() > 0`,
  "constructor",
  "__proto__",
  "temperature.__proto__",
  '{"__proto__": 1}.constructor',
  "9223372036854775807 + 1",
  "1/0",
  "'\\xff'",
  "0x",
  "b'\\400'",
  'prompt + prompt + prompt + prompt + "x"',
];

/** What fields of each name could sensibly say, so that fuzzing gets beyond the first check. */
const byFieldName: readonly (readonly [name: RegExp, texts: readonly string[]])[] = [
  [/^(new_|other_|from_|to_|base_|head_|caller_|owner_|subject_)?session_id$/, ["s", "s", "s", "s", "s", "t", "nope"]],
  [/expression|filter|when|condition/, expressions],
  [/pattern|glob/, [...globs, ...regexes]],
  [/^type(s)?$/, ["float", "integer", "string", "boolean", "choice", "module", "embedding", "tensor", "colour"]],
  [/label/, ["production", "draft"]],
  [/program/, ["p", "q"]],
  [/upload_id/, ["00000000-0000-4000-8000-000000000000"]],
  [/token/, ["1", "0:0", "eyJhIjoxfQ", "AAAA", "e30="]],
  [/paths|mask/, ["value", "metadata", "ttl", "constraints", "description", "x.y"]],
  [/study|trial|optimization|optimizer|sampler|pruner/, ["study", "random", "1"]],
  [
    /variable|name|from|to|ref|depends|id$|key|metric/,
    [
      "temperature",
      "prompt",
      "twice",
      "model",
      "var_temperature_1",
      "s/temperature",
      "t/other",
      "small",
      "wide",
      "new",
    ],
  ],
];

/** Ill-formed text: what JavaScript can hold and Unicode does not know. */
export const illFormed = "\ud800x";

/** Text for a field of this name: often what could be meant, and often what nobody should send. */
export function hostileText(fieldName: string): fc.Arbitrary<string> {
  const likely = byFieldName.find(([name]) => name.test(fieldName))?.[1] ?? ["x"];
  return fc.oneof(
    { weight: 30, arbitrary: fc.constantFrom(...likely) },
    { weight: 2, arbitrary: fc.constantFrom(...oddTexts) },
    { weight: 1, arbitrary: fc.constantFrom(...globs, ...regexes, ...expressions, illFormed) },
    { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 40 }) },
  );
}

/** Keys for entries of maps: names of constraints among them, and keys that are special to JavaScript. */
export const hostileKey: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom("min", "max", "step", "choices", "pattern", "dimensions", "min_length", "normalize", "shape"),
  fc.constantFrom("temperature", "prompt", "model", "seed"),
  fc.constantFrom(...inheritedKeys, "", illFormed, repeat("k", 300)),
  fc.string({ unit: "binary", maxLength: 10 }),
);
