/** Gives the candidate that takes the fewest edits to reach, if that is at most a third of its length. */
export function nearest(text: string, candidates: readonly string[]): string | undefined {
  // Each character too many or too few is an edit, so that comparing costs no more than the candidates are long.
  const ranked = candidates
    .filter((candidate) => Math.abs(text.length - candidate.length) <= candidate.length / 3)
    .map((candidate) => ({ candidate, edits: editDistance(text.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.edits - b.edits);
  const [best] = ranked;
  return best !== undefined && best.edits <= best.candidate.length / 3 ? best.candidate : undefined;
}

/** Levenshtein's distance: insertions, deletions and replacements, each one edit. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const [above = 0, before = 0, diagonal = 0] = [row[j], next[j - 1], row[j - 1]];
      next.push(Math.min(above + 1, before + 1, diagonal + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
