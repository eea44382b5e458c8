import { checkText } from "./check-argument.ts";
import { type Refusal, refusal, StoreError } from "./store-error.ts";

/** Characters of a pattern that a caller gives. */
const maxPatternLength = 1024;

/**
 * Compiles the glob that a caller gives, or one for everything where none is given.
 *
 * @throws StoreError `invalid_argument` naming the field, for what is no text, for more than 1024 characters, and for `/`, which no name
 *   holds: a pattern with one would match nothing, without a word
 */
export function readPattern(pattern: string | undefined, field = "pattern"): (text: string) => boolean {
  if (pattern === undefined) return createGlob("*");
  const wrong = checkText(pattern, field, maxPatternLength) ?? checkSlash(pattern, field);
  if (wrong !== undefined) throw new StoreError(wrong);
  return createGlob(pattern);
}

function checkSlash(pattern: string, field: string): Refusal | undefined {
  const at = pattern.indexOf("/");
  if (at < 0) return undefined;
  const message = `${field} holds "/" at position ${at}, which names and ids may not, so that it would match none`;
  return refusal("invalid_argument", message, { field, value: pattern });
}

/**
 * Compiles a glob into a test. `*` stands for any run of characters, also none; everything else stands for itself,
 * and the whole text must match. Takes time proportional to the text times the number of stars, never more, so a
 * pattern from outside cannot hang the matcher.
 */
export function createGlob(pattern: string): (text: string) => boolean {
  const [prefix = "", ...rest] = pattern.split("*");
  const suffix = rest.pop();
  if (suffix === undefined) return (text) => text === pattern;
  const middle = rest.filter((part) => part !== "");
  return (text) => {
    if (text.length < prefix.length + suffix.length || !text.startsWith(prefix) || !text.endsWith(suffix)) return false;
    const end = text.length - suffix.length;
    let at = prefix.length;
    // The leftmost place is always a right one: it leaves the most text for the parts that follow.
    for (const part of middle) {
      const found = text.indexOf(part, at);
      if (found < 0 || found + part.length > end) return false;
      at = found + part.length;
    }
    return true;
  };
}
