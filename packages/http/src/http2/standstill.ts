/** Counts for how long something has not gone on. */
export class Standstill {
  #mark: number | undefined;
  #beats = 0;

  /**
   * Takes what is to be seen of it at this beat, `undefined` where there is nothing to wait for, and gives for how many beats that has
   * been the same.
   */
  look(mark: number | undefined): number {
    if (mark === undefined || mark !== this.#mark) this.#beats = 0;
    else this.#beats++;
    this.#mark = mark;
    return this.#beats;
  }
}
