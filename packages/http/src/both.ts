/** Makes one listener of two that are called one after the other. */
export const both = (first: (() => void) | undefined, second: () => void): (() => void) =>
  first === undefined
    ? second
    : () => {
        first();
        second();
      };
