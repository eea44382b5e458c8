/** Work that takes long, in steps between which others of the same thread may have their turn. It ends with its result. */
export type Steps<T> = Generator<undefined, T, unknown>;

/** Does such work at once. */
export function withoutPause<T>(work: Steps<T>): T {
  for (;;) {
    const next = work.next();
    if (next.done) return next.value;
  }
}
