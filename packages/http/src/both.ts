import { checkCallable } from "./checks.ts";

/** Makes one listener of two that are called one after the other, the second also where the first throws. */
export function both(first: (() => void) | undefined, second: () => void): () => void {
  checkCallable("listener", second);
  if (first === undefined) return second;
  return () => {
    try {
      first();
    } finally {
      second();
    }
  };
}
