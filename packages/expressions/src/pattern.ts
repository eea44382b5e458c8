import { RE2JS, RE2JSException } from "re2js";
import { type Failure, fail } from "./cel-value.ts";
import { charge, type Frame } from "./frame.ts";

/** Longest regular expression, in UTF-16 code units. */
const maxPatternLength = 1024;

/** Largest compiled expression; each character of a text takes at most this many steps. */
const maxPatternProgram = 10_000;

/** Steps of matching that stand for one unit of cost. */
const stepsPerUnit = 8;

/** A compiled regular expression and what it costs. */
export interface Pattern {
  readonly program: RE2JS;
  readonly size: number;
}

/** Compiles a regular expression in the RE2 dialect, which is matched in time linear in the text. */
export function compilePattern(source: string): Pattern | Failure {
  if (source.length > maxPatternLength)
    return fail(`a pattern of ${source.length} characters is above ${maxPatternLength}`);
  try {
    const program = RE2JS.compile(source);
    const size = program.programSize();
    return size <= maxPatternProgram
      ? { program, size }
      : fail(`the pattern is too complex: ${size} instructions are above ${maxPatternProgram}`);
  } catch (error) {
    if (error instanceof RE2JSException) return fail(`no RE2 pattern: ${error.message}`);
    throw error;
  }
}

/** Says whether a pattern matches anywhere in a text. */
export function matches(frame: Frame, text: string, { program, size }: Pattern): boolean {
  charge(frame, ((text.length + 1) * size) / stepsPerUnit);
  return program.test(text);
}

/** As {@link matches} for a pattern that is known only now. A repetition such as `x{1000}` compiles to many steps. */
export function matchesText(frame: Frame, text: string, source: string): boolean | Failure {
  charge(frame, 100 + source.length * 10);
  const pattern = compilePattern(source);
  if (!("program" in pattern)) return pattern;
  charge(frame, pattern.size);
  return matches(frame, text, pattern);
}
