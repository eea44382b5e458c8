import { type CelList, type Failure, fail, shownType, typeOf } from "./cel-value.ts";
import { charge, copyCost, type Frame, textCost } from "./frame.ts";
import { type Overloads, overload } from "./overload.ts";
import { matchesText } from "./pattern.ts";
import { codePoints, positionAt, searchCost, trimText } from "./text.ts";
import { joinTexts, replaceText, splitText } from "./text-rewriting.ts";

/** Texts are counted in code points, as CEL has it, while JavaScript counts UTF-16 code units. */
function size(frame: Frame, text: string): bigint {
  charge(frame, textCost(text.length));
  let pairs = 0;
  for (let i = 0; i < text.length; i++) if ((text.charCodeAt(i) & 0xfc00) === 0xdc00) pairs++;
  return BigInt(text.length - pairs);
}

const sizes: Overloads = [
  overload(["string"], "int", size),
  overload(["bytes"], "int", (_, bytes) => BigInt(bytes.length)),
  overload(["list"], "int", (_, list) => BigInt(list.length)),
  overload(["map"], "int", (_, map) => BigInt(map.size)),
];

/** Changes the case of ASCII letters alone. */
function changeCase(frame: Frame, text: string, letters: RegExp, change: (letter: string) => string): string {
  charge(frame, text.length / 2);
  return text.replace(letters, change);
}

function charAt(frame: Frame, text: string, index: bigint): string | Failure {
  const start = positionAt(frame, text, index);
  return typeof start === "number" ? text.slice(start, start + codePointWidth(text, start)) : start;
}

const codePointWidth = (text: string, at: number): number => ((text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1);

function indexOf(frame: Frame, text: string, wanted: string, from: bigint): bigint | Failure {
  const start = positionAt(frame, text, from);
  if (typeof start !== "number") return start;
  charge(frame, searchCost(text, wanted));
  const found = text.indexOf(wanted, start);
  return found < 0 ? -1n : size(frame, text.slice(0, found));
}

function lastIndexOf(frame: Frame, text: string, wanted: string, from?: bigint): bigint | Failure {
  const start = from === undefined ? text.length : positionAt(frame, text, from);
  if (typeof start !== "number") return start;
  charge(frame, searchCost(text, wanted));
  const found = text.lastIndexOf(wanted, start);
  return found < 0 ? -1n : size(frame, text.slice(0, found));
}

function substring(frame: Frame, text: string, from: bigint, to?: bigint): string | Failure {
  const start = positionAt(frame, text, from);
  const end = to === undefined ? text.length : positionAt(frame, text, to);
  if (typeof start !== "number") return start;
  if (typeof end !== "number") return end;
  return start <= end ? text.slice(start, end) : fail(`the range from ${from} to ${to} is backwards`);
}

function reverse(frame: Frame, text: string): string {
  return codePoints(frame, text).reverse().join("");
}

function join(frame: Frame, list: CelList, separator: string): string | Failure {
  const texts: string[] = [];
  for (let i = 0; i < list.length; i++) {
    charge(frame, 1);
    const item = list.at(i) ?? null;
    if (typeof item !== "string")
      return fail(`join() takes a list of strings, item ${i} is ${shownType(typeOf(item))}`);
    texts.push(item);
  }
  return joinTexts(frame, texts, separator);
}

const search = (found: (text: string, wanted: string) => boolean, cost = searchCost): Overloads => [
  overload(["string", "string"], "bool", (frame, text, wanted) => {
    charge(frame, cost(text, wanted));
    return found(text, wanted);
  }),
];

const endCost = (_: string, wanted: string): number => copyCost(wanted.length);

/** `size`, as a function and as a method. */
export const sizeFunctions: readonly (readonly [string, Overloads])[] = [["size", sizes]];

/** Methods of texts, and of lists of texts. */
export const stringMethods: readonly (readonly [string, Overloads])[] = [
  ["contains", search((text, wanted) => text.includes(wanted))],
  ["startsWith", search((text, wanted) => text.startsWith(wanted), endCost)],
  ["endsWith", search((text, wanted) => text.endsWith(wanted), endCost)],
  ["matches", [overload(["string", "string"], "bool", matchesText)]],
  [
    "lowerAscii",
    [overload(["string"], "string", (frame, text) => changeCase(frame, text, /[A-Z]+/g, (run) => run.toLowerCase()))],
  ],
  [
    "upperAscii",
    [overload(["string"], "string", (frame, text) => changeCase(frame, text, /[a-z]+/g, (run) => run.toUpperCase()))],
  ],
  ["trim", [overload(["string"], "string", trimText)]],
  ["reverse", [overload(["string"], "string", reverse)]],
  ["charAt", [overload(["string", "int"], "string", charAt)]],
  [
    "indexOf",
    [
      overload(["string", "string"], "int", (frame, text, wanted) => indexOf(frame, text, wanted, 0n)),
      overload(["string", "string", "int"], "int", indexOf),
    ],
  ],
  [
    "lastIndexOf",
    [overload(["string", "string"], "int", lastIndexOf), overload(["string", "string", "int"], "int", lastIndexOf)],
  ],
  [
    "substring",
    [overload(["string", "int"], "string", substring), overload(["string", "int", "int"], "string", substring)],
  ],
  [
    "replace",
    [
      overload(["string", "string", "string"], "string", (frame, text, from, to) =>
        replaceText(frame, text, { from, to }),
      ),
      overload(["string", "string", "string", "int"], "string", (frame, text, from, to, limit) =>
        replaceText(frame, text, { from, to, limit }),
      ),
    ],
  ],
  [
    "split",
    [
      overload(["string", "string"], "list", (frame, text, separator) => splitText(frame, text, separator)),
      overload(["string", "string", "int"], "list", splitText),
    ],
  ],
  [
    "join",
    [
      overload(["list"], "string", (frame, list) => join(frame, list, "")),
      overload(["list", "string"], "string", join),
    ],
  ],
];
