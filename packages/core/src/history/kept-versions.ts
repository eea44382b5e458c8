import type { VariableVersion } from "./session-history.ts";

/** The versions of variables at some moment, to be gone through as often as one likes. A single version takes no list before that. */
export class KeptVersions implements Iterable<readonly [string, readonly VariableVersion[]]> {
  readonly #ids: readonly string[];
  readonly #kept: readonly (VariableVersion | readonly VariableVersion[])[];

  /** @param kept - at the place of each id, the versions of that variable */
  constructor(ids: readonly string[], kept: readonly (VariableVersion | readonly VariableVersion[])[]) {
    this.#ids = ids;
    this.#kept = kept;
  }

  *[Symbol.iterator](): Generator<readonly [string, readonly VariableVersion[]]> {
    for (const [at, id] of this.#ids.entries()) {
      const kept = this.#kept[at] ?? [];
      yield [id, isAlone(kept) ? [kept] : kept];
    }
  }
}

const isAlone = (kept: VariableVersion | readonly VariableVersion[]): kept is VariableVersion => !Array.isArray(kept);
