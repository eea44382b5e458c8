import { RE2JS, RE2JSException } from "re2js";
import * as z from "zod";
import { isText } from "./value-schema.ts";

/** Longest pattern, in UTF-16 code units. */
export const maxPatternLength = 1024;

/** Largest compiled program; matching takes at most this many steps per character. */
export const maxPatternProgram = 10_000;

/**
 * Compiles a regular expression in the RE2 dialect into a test that searches it anywhere in a text, in time linear in
 * the text. Anchor it with `^` and `$` to match the whole.
 *
 * @throws RE2JSException for a pattern that is none
 */
export function compilePattern(pattern: string): (text: string) => boolean {
  const program = RE2JS.compile(pattern);
  return (text) => program.test(text);
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
