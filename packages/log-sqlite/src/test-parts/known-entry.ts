/** Entries whose bytes follow from where they are, so that a checker needs no copy of them. */
export function knownEntry(stream: string, number: number): Uint8Array {
  let seed = 2166136261;
  for (const letter of `${stream}/${number}`) seed = Math.imul(seed ^ (letter.codePointAt(0) ?? 0), 16777619);
  // Mostly small, now and then several pages of the database, seldom large.
  const size = Math.abs(seed) % 97 === 0 ? 200_000 : Math.abs(seed) % 11 === 0 ? 9000 : Math.abs(seed) % 300;
  const entry = new Uint8Array(size);
  for (let at = 0; at < size; at++) {
    seed = Math.imul(seed ^ (seed >>> 15), 2246822519) + at;
    entry[at] = seed & 0xff;
  }
  return entry;
}

/** How many entries are appended together from a number on; the same at every start, so that halves can be told. */
export const batchSize = (after: number): number => 1 + (Math.imul(after + 1, 2654435761) >>> 29);

/** Says whether a stream may end with this entry, where everything is appended in whole batches. */
export function isBatchEnd(last: number): boolean {
  let end = 0;
  while (end < last) end += batchSize(end);
  return end === last;
}
