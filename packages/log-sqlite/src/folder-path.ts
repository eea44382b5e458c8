import { resolve } from "node:path";
import { checks } from "@trimtab/log";

/** Gives the path of a folder from the root on. Empty text is no path: it would be the folder that the process happens to run in. */
export function folderPath(field: string, path: string): string {
  if (checks.filled(field, path).includes("\0") || !path.isWellFormed()) throw checks.wrong(field, path, "a path");
  return resolve(path);
}

/** Gives names of folders that lie right in another one: what a copy is broken off with is taken away by them. */
export function folderNames(field: string, names: readonly string[]): readonly string[] {
  for (const name of checks.list(field, names)) {
    const isName = checks.text(field, name).isWellFormed() && !/^\.{0,2}$|[/\\\0]/.test(name);
    if (!isName) throw checks.wrong(field, name, "names of folders within");
  }
  return names;
}
