import { type Variable, variableId } from "@trimtab/core";

/** Makes ids for variables of files that tell none, in the form of a session's and apart from those that are taken. */
export function createIdMaker(variables: readonly Variable[]): (name: string) => string {
  const taken = new Set(variables.map(({ id }) => id));
  let number = 0;
  return (name) => {
    do number++;
    while (taken.has(variableId(name, number)));
    return variableId(name, number);
  };
}
