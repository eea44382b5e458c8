/** What every id begins with. */
export const idPrefix = "var_";

/** The id a variable gets: its name and a number that grows with each registration in the session. */
export const variableId = (name: string, number: number): string => `${idPrefix}${name}_${number}`;

/** Characters of an id beside the name in it, at most. */
export const idLengthBeside = variableId("", 10 ** 15 - 1).length;

/** The number that an id of a session's own making ends in; `undefined` for other ids. */
export function numberOfId(id: string): number | undefined {
  const number = Number(/_(\d{1,15})$/.exec(id)?.[1]);
  return Number.isSafeInteger(number) ? number : undefined;
}
