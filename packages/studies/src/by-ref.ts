/** What variables are called by, by name: for instance their ids. */
export type Refs = Readonly<Record<string, string>>;

/** What a variable is called by; its name where nothing else is known. */
export const refOf = (name: string, refs: Refs = {}): string =>
  (Object.hasOwn(refs, name) ? refs[name] : undefined) ?? name;

/** What is said by name, by other refs as far as there are any. */
export const byRef = <T>(byName: Readonly<Record<string, T>>, refs?: Refs): Record<string, T> =>
  Object.fromEntries(Object.entries(byName).map(([name, each]): [string, T] => [refOf(name, refs), each]));
