import type { DerivedRun } from "../derivation/derived-run.ts";
import type { VariableVersion } from "./session-history.ts";
import { versionOf } from "./variable-version.ts";

/** A place in a run, of which a version is made when somebody asks. */
export class Place {
  readonly #run: DerivedRun;
  readonly #at: number;

  constructor(run: DerivedRun, at: number) {
    this.#run = run;
    this.#at = at;
  }

  version(): VariableVersion {
    return versionOf(this.#run.eventAt(this.#at), this.#run.cause.stamp, Number.POSITIVE_INFINITY);
  }
}

/** A version, or where what it is made of is. */
export type Kept = VariableVersion | Place;

/** The version itself. */
export const madeOf = (kept: Kept): VariableVersion => (kept instanceof Place ? kept.version() : kept);

/** A variable's versions: once they are as many as are kept, each new one takes the place of the oldest. */
export class Ring {
  readonly #versions: Kept[];
  #oldest = 0;
  /** There are places among them. */
  #hasPlaces: boolean;

  constructor(first: VariableVersion, second: Kept) {
    this.#versions = [first, second];
    this.#hasPlaces = second instanceof Place;
  }

  get size(): number {
    return this.#versions.length;
  }

  /** Adds a version; says whether there is one more than before, and not another in the place of the oldest. */
  push(version: Kept, most: number): boolean {
    if (version instanceof Place) this.#hasPlaces = true;
    const isMore = this.#versions.length < most;
    if (isMore) this.#versions.push(version);
    else {
      this.#versions[this.#oldest] = version;
      this.#oldest = (this.#oldest + 1) % most;
    }
    return isMore;
  }

  inOrder(): VariableVersion[] {
    const versions = this.#made();
    const oldest = this.#oldest;
    return oldest === 0 ? versions.slice() : versions.slice(oldest).concat(versions.slice(0, oldest));
  }

  /** The versions, those that were not made yet made for good. */
  #made(): readonly VariableVersion[] {
    const versions = this.#versions;
    if (this.#hasPlaces) for (const [at, kept] of versions.entries()) versions[at] = madeOf(kept);
    this.#hasPlaces = false;
    return versions as readonly VariableVersion[];
  }
}

/** The versions of a variable, oldest first. */
export const inOrder = (versions: VariableVersion | Ring | undefined): VariableVersion[] => {
  if (versions === undefined) return [];
  return versions instanceof Ring ? versions.inOrder() : [versions];
};
