import type { ValueRecord, VariableType } from "@trimtab/core";

/**
 * Makes the type of a declaration whose values are but some of the type's own: a stored value that is none of them is
 * refused when it is read, and not handed to a program as what it is not.
 *
 * @param problemOf - says what is wrong with a value that the declaration does not have
 */
export const narrowedType = <V, C extends ValueRecord>(
  type: VariableType<V, C>,
  problemOf: (value: V) => string | undefined,
): VariableType<V, C> => ({
  ...type,
  decode(payload) {
    const value = type.decode(payload);
    const problem = problemOf(value);
    if (problem === undefined) return value;
    throw new TypeError(problem);
  },
});
