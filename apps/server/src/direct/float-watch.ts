import { noteFinite } from "@trimtab/core";

/**
 * Looks at the large bytes of a request as they come, when they are in the processor's caches and the caller is still sending: they may be
 * floats of 32 bits, which are looked at for what is not finite. Bytes that are none soon show something that as a float is not.
 */
export class FloatWatch {
  readonly #floats: Float32Array;
  /** Elements that were looked at. */
  #seen = 0;
  #isFinite = true;

  /** @param floats where they will be, none of them there yet */
  constructor(floats: Float32Array) {
    this.#floats = floats;
  }

  /** Looks at those that have come, `bytes` from the first on; says, of the last, what was found. */
  look(bytes: number): void {
    if (!this.#isFinite) return;
    const end = Math.min(Math.floor(bytes / Float32Array.BYTES_PER_ELEMENT), this.#floats.length);
    if (end <= this.#seen) return;
    this.#isFinite = areFinite(this.#floats, this.#seen, end);
    this.#seen = end;
    if (this.#isFinite && end === this.#floats.length) noteFinite(this.#floats);
  }
}

/** One multiplication for each: 0 times anything that is not finite is NaN. */
function areFinite(floats: Float32Array, from: number, to: number): boolean {
  let sum = 0;
  for (let at = from; at < to; at++) sum += (floats[at] as number) * 0;
  return sum === 0;
}
