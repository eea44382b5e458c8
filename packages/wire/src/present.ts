/** The same fields, where those that may be undefined may be absent instead. */
export type Present<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** Leaves out the fields that are undefined, since an absent option and one set to undefined are not the same. */
export function present<T extends object>(fields: T): Present<T> {
  const kept: Record<string, unknown> = {};
  // A loop is several times as quick as taking the fields apart and putting them together, and every call comes here.
  for (const name in fields) if (fields[name] !== undefined) kept[name] = fields[name];
  return kept as Present<T>;
}
