import { RE2JS, RE2JSException } from "re2js";
import * as z from "zod";
import { isText } from "./value-schema.ts";

/** Longest pattern, in UTF-16 code units. */
const maxPatternLength = 1024;

/** Largest compiled program; matching takes at most this many steps per character. */
const maxPatternProgram = 10_000;

/** Most steps of one match: about a second. Texts that could take more are refused before they are searched. */
const maxMatchSteps = 2 ** 26;

/**
 * Gives what keeps the first of some texts from being right where none of them is. Texts that are too long to be searched in about
 * a second, whatever the pattern, are taken to be right.
 */
export function whyNoneFits(
  texts: readonly string[],
  pattern: string | undefined,
  problemOf: (text: string) => string | undefined,
): string | undefined {
  const length = texts.reduce((sum, text) => sum + text.length, 0);
  if (pattern !== undefined && length * maxPatternProgram > maxMatchSteps) return undefined;
  let first: string | undefined;
  for (const text of texts) {
    const problem = problemOf(text);
    if (problem === undefined) return undefined;
    first ??= problem;
  }
  return first;
}

/**
 * Makes the check whether a regular expression in the RE2 dialect is found anywhere in a text, in time linear in the
 * text; it gives the reason why a text is refused. Anchor the pattern with `^` and `$` to match the whole. A text is
 * refused unseen where its length times the pattern's complexity is beyond what can be searched in about a second.
 *
 * @throws RE2JSException for a pattern that is none
 */
export function createPatternCheck(pattern: string): (text: string) => string | undefined {
  const program = RE2JS.compile(pattern);
  const longest = Math.floor(maxMatchSteps / program.programSize());
  return (text) => {
    if (text.length > longest) return `must be at most ${longest} characters to be searched for pattern: ${pattern}`;
    return program.test(text) ? undefined : `must match pattern: ${pattern}`;
  };
}

/** A `pattern` constraint: a regular expression in the RE2 dialect, so without look-around and back-references. */
export const patternText: z.ZodType<string> = z
  .custom<string>(
    (input) => isText(input) && input.length <= maxPatternLength,
    `must be text of at most ${maxPatternLength} characters`,
  )
  .check(
    // The limit on length has to hold before anything is compiled.
    z.superRefine((pattern, context) => {
      const problem = patternProblem(pattern);
      if (problem !== undefined) context.issues.push({ code: "custom", message: problem, input: pattern });
    }),
  );

function patternProblem(pattern: string): string | undefined {
  try {
    const size = RE2JS.compile(pattern).programSize();
    return size > maxPatternProgram
      ? `is too complex: ${size} instructions, at most ${maxPatternProgram} are allowed`
      : undefined;
  } catch (error) {
    if (error instanceof RE2JSException) return `is no RE2 pattern: ${error.message}`;
    throw error;
  }
}
