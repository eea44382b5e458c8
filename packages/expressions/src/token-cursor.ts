import type { StoreError } from "@trimtab/core";
import type { Problem } from "./problem.ts";
import { scanToken, type Token } from "./token.ts";

/** Goes through the tokens of a source, one ahead. */
export interface TokenCursor {
  /** The token that comes next. */
  readonly token: () => Token;
  /** Goes past it and gives it. */
  readonly advance: () => Token;
  /** Goes past it where it is this symbol, and says whether it was. */
  readonly accept: (symbol: string) => boolean;
  /** As {@link accept}, but refuses anything else. */
  readonly expect: (symbol: string) => void;
  /** The error for a next token that cannot stand there. */
  readonly unexpected: (wanted: string) => StoreError;
}

/** Starts before the first token of a source. */
export function createTokenCursor(source: string, problem: Problem): TokenCursor {
  let next = scanToken(source, 0, problem);
  const advance = (): Token => {
    const current = next;
    next = scanToken(source, current.end, problem);
    return current;
  };
  const accept = (symbol: string): boolean => {
    if (next.kind !== "symbol" || next.text !== symbol) return false;
    advance();
    return true;
  };
  const unexpected = (wanted: string): StoreError => {
    const found = next.kind === "end" ? "the end" : `\`${source.slice(next.at, Math.min(next.end, next.at + 40))}\``;
    return problem(next.at, `expected ${wanted}, found ${found}`);
  };
  const expect = (symbol: string): void => {
    if (!accept(symbol)) throw unexpected(`\`${symbol}\``);
  };
  return { token: () => next, advance, accept, expect, unexpected };
}
