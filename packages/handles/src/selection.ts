import type { Selection } from "@trimtab/core";

/**
 * Selects variables by name so that those which do not exist now are followed once they do. A store refuses a ref that
 * names nothing but not a pattern that matches nothing, so absent names go into a glob that covers them all; it may
 * cover others too, which the reader has to pass over.
 */
export function selectionOf(names: readonly string[], absent: ReadonlySet<string>): Selection {
  const present = names.filter((name) => !absent.has(name));
  const wanted = names.filter((name) => absent.has(name));
  return wanted.length === 0 ? { refs: present } : { refs: present, pattern: coveringGlob(wanted) };
}

/** The name itself where there is one, and otherwise what all of them begin with. */
function coveringGlob([first = "", ...others]: readonly string[]): string {
  if (others.length === 0) return first;
  let length = first.length;
  for (const name of others) while (!name.startsWith(first.slice(0, length))) length--;
  return `${first.slice(0, length)}*`;
}
