import type { Problem } from "./problem.ts";
import type { Token } from "./token.ts";

const simpleEscapes: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
  "?": "?",
  '"': '"',
  "'": "'",
  "`": "`",
};

const coded = /x[0-9a-fA-F]{2}|X[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-3][0-7]{2}/y;

/** Reads a string or bytes literal; `start` is the match of its prefix and opening quote. */
export function scanQuoted(source: string, at: number, start: RegExpExecArray, problem: Problem): Token {
  const [opening, bytesPrefix, rawPrefix, quote = ""] = start;
  const isBytes = bytesPrefix !== "";
  const parts: (string | number)[] = [];
  let i = at + opening.length;
  while (!source.startsWith(quote, i)) {
    const character = source[i];
    if (character === undefined || (quote.length === 1 && (character === "\n" || character === "\r"))) {
      throw problem(at, `text without its closing ${quote}, begun`);
    }
    if (character === "\\" && rawPrefix === "") {
      const escaped = readEscape(source, i, isBytes, problem);
      parts.push(escaped.part);
      i += escaped.length;
    } else if (character === "\\") {
      // Raw text keeps its backslashes, but one still keeps a quote from closing it.
      parts.push(source.slice(i, i + 2));
      i += 2;
    } else {
      parts.push(character);
      i++;
    }
  }
  const end = i + quote.length;
  if (isBytes) return { kind: "bytes", value: toBytes(parts), at, end };
  const value = parts.map((part) => (typeof part === "number" ? String.fromCodePoint(part) : part)).join("");
  if (!value.isWellFormed()) throw problem(at, "text with half of a surrogate pair");
  return { kind: "string", value, at, end };
}

/** One escape: text, or the number of a byte or a code point. */
function readEscape(source: string, at: number, isBytes: boolean, problem: Problem) {
  const letter = source[at + 1] ?? "";
  const simple = Object.hasOwn(simpleEscapes, letter) ? simpleEscapes[letter] : undefined;
  if (simple !== undefined) return { part: simple, length: 2 };
  coded.lastIndex = at + 1;
  const code = coded.exec(source)?.[0];
  if (code === undefined) throw problem(at, `unknown escape \\${letter}`);
  if (isBytes && /^[uU]/.test(code)) throw problem(at, `bytes cannot hold the escape \\${code}`);
  const part = /^\d/.test(code) ? Number.parseInt(code, 8) : Number.parseInt(code.slice(1), 16);
  if (part > 0x10ffff || (part >= 0xd800 && part < 0xe000)) throw problem(at, `\\${code} is no code point`);
  return { part, length: code.length + 1 };
}

const encoder = new TextEncoder();

function toBytes(parts: readonly (string | number)[]): Uint8Array {
  const bytes: number[] = [];
  let text = "";
  for (const part of parts) {
    if (typeof part === "string") {
      text += part;
      continue;
    }
    for (const byte of encoder.encode(text)) bytes.push(byte);
    text = "";
    bytes.push(part);
  }
  for (const byte of encoder.encode(text)) bytes.push(byte);
  return Uint8Array.from(bytes);
}
