import { RE2JS, RE2JSException } from "re2js";
import { Failure, fail } from "./cel-value.ts";
import { charge, type Frame } from "./frame.ts";
import { createLruCache } from "./lru-cache.ts";
import { estimatePatternSize } from "./pattern-size.ts";

/** Largest regular expression, in instructions: each character of a text takes at most that many steps. */
const maxPatternSize = 1000;

/** Steps of matching that stand for one unit of cost. */
const stepsPerUnit = 8;

/** Units for compiling one instruction. */
const compileCost = 20;

// Matching fills tables of up to some megabytes, which belong to the compiled pattern; so few are kept, and expressions
// hold no pattern themselves.
const compiled = createLruCache<string, RE2JS>(32);

/** A regular expression that was found to be one, and about how many instructions it has. */
export interface Pattern {
  readonly source: string;
  readonly size: number;
}

/**
 * Checks a regular expression in the RE2 dialect, which is matched in time linear in the text. It fails for one that
 * would compile to more than a thousand instructions.
 */
export function checkPattern(source: string): Pattern | Failure {
  const estimate = estimatePatternSize(source);
  if (estimate > maxPatternSize)
    return fail(`the pattern is too complex: ${estimate} steps, at most ${maxPatternSize}`);
  const program = programOf(source);
  if (program instanceof Failure) return program;
  return { source, size: Math.max(estimate, program.programSize()) };
}

function programOf(source: string): RE2JS | Failure {
  const known = compiled.get(source);
  if (known !== undefined) return known;
  try {
    const program = RE2JS.compile(source);
    compiled.set(source, program, 1);
    return program;
  } catch (error) {
    if (error instanceof RE2JSException) return fail(`no RE2 pattern: ${error.message}`);
    throw error;
  }
}

/** Says whether a pattern matches anywhere in a text. */
export function matches(frame: Frame, text: string, { source, size }: Pattern): boolean | Failure {
  charge(frame, ((text.length + 1) * size) / stepsPerUnit);
  const program = programOf(source);
  return program instanceof Failure ? program : program.test(text);
}

/** As {@link matches} for a pattern that is known only now. It pays for compiling it, whether it was kept or not. */
export function matchesText(frame: Frame, text: string, source: string): boolean | Failure {
  charge(frame, source.length);
  charge(frame, Math.min(estimatePatternSize(source), maxPatternSize) * compileCost);
  const pattern = checkPattern(source);
  return pattern instanceof Failure ? pattern : matches(frame, text, pattern);
}
