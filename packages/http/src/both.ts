/** Makes one listener of two that are called one after the other, the second also where the first throws. */
export const both = (first: (() => void) | undefined, second: () => void): (() => void) =>
  first === undefined
    ? second
    : () => {
        try {
          first();
        } finally {
          second();
        }
      };
