import type { Problem } from "./problem.ts";
import { scanQuoted } from "./quoted-token.ts";

/** The smallest part of a source; `at` and `end` are offsets. */
export type Token = { readonly at: number; readonly end: number } & (
  | { readonly kind: "identifier" | "symbol"; readonly text: string }
  /** A field's name between backquotes. */
  | { readonly kind: "field"; readonly text: string }
  | { readonly kind: "int" | "uint"; readonly value: bigint }
  | { readonly kind: "double"; readonly value: number }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "bytes"; readonly value: Uint8Array }
  | { readonly kind: "end" }
);

// Sticky patterns without nested repetition: each matches in time linear in what it takes.
const blank = /(?:[\t\n\f\r ]|\/\/[^\n]*)*/y;
const identifier = /[A-Za-z_][A-Za-z0-9_]*/y;
const decimal = /(?:\d+\.\d+|\d+(?=[eE])|\.\d+)(?:[eE][+-]?\d+)?/y;
const whole = /(?:0x[0-9a-fA-F]+|\d+)([uU]?)/y;
const field = /`[A-Za-z0-9_\-./ ]+`/y;
const symbol = /&&|\|\||[<>=!]=|[<>!()[\]{}.,?:+\-*/%]/y;
const stringStart = /([bB]?)([rR]?)("""|'''|"|')/y;

const matchAt = (pattern: RegExp, source: string, at: number): RegExpExecArray | null => {
  pattern.lastIndex = at;
  return pattern.exec(source);
};

/**
 * Reads the token that begins at or after an offset, past blanks and comments.
 *
 * @throws StoreError `invalid_expression` for text that begins no token
 */
export function scanToken(source: string, from: number, problem: Problem): Token {
  const at = from + (matchAt(blank, source, from)?.[0].length ?? 0);
  if (at >= source.length) return { kind: "end", at, end: at };
  const quote = matchAt(stringStart, source, at);
  if (quote !== null) return scanQuoted(source, at, quote, problem);
  const name = matchAt(identifier, source, at)?.[0];
  if (name !== undefined) return { kind: "identifier", text: name, at, end: at + name.length };
  const number = scanNumber(source, at, problem);
  if (number !== undefined) return number;
  const quotedField = matchAt(field, source, at)?.[0];
  if (quotedField !== undefined) {
    return { kind: "field", text: quotedField.slice(1, -1), at, end: at + quotedField.length };
  }
  const sign = matchAt(symbol, source, at)?.[0];
  if (sign !== undefined) return { kind: "symbol", text: sign, at, end: at + sign.length };
  throw problem(at, unexpected(source, at));
}

function unexpected(source: string, at: number): string {
  const character = String.fromCodePoint(source.codePointAt(at) as number);
  if (character === "=") return "`=` is no operator, equality is `==`,";
  if (character === "&" || character === "|")
    return `\`${character}\` is no operator, write \`${character.repeat(2)}\`,`;
  return `unexpected character ${JSON.stringify(character)}`;
}

function scanNumber(source: string, at: number, problem: Problem): Token | undefined {
  const token = matchNumber(source, at);
  if (token !== undefined && matchAt(identifier, source, token.end) !== null) {
    throw problem(token.end, "unexpected letters after a number");
  }
  return token;
}

function matchNumber(source: string, at: number): Token | undefined {
  const fraction = matchAt(decimal, source, at)?.[0];
  if (fraction !== undefined && fraction.includes(".") === false && !/[eE]/.test(fraction)) return undefined;
  if (fraction !== undefined) return { kind: "double", value: Number(fraction), at, end: at + fraction.length };
  const digits = matchAt(whole, source, at);
  if (digits === null) return undefined;
  const [text, suffix = ""] = digits;
  const value = BigInt(text.slice(0, text.length - suffix.length));
  return { kind: suffix === "" ? "int" : "uint", value, at, end: at + text.length };
}
