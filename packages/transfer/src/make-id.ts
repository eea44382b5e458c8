import { variableId } from "@trimtab/core";

/** Makes ids for variables of files that tell none, in the form of a session's and apart from those that are taken. */
export function createIdMaker(variables: Iterable<{ readonly id: string }>): (name: string) => string {
  const taken = new Set(Array.from(variables, ({ id }) => id));
  let number = 0;
  return (name) => {
    do number++;
    while (taken.has(variableId(name, number)));
    return variableId(name, number);
  };
}
