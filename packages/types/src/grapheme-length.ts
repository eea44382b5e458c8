const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });
// biome-ignore lint/suspicious/noControlCharactersInRegex: the range is ASCII itself
const ascii = /^[\x00-\x7f]*$/;

/**
 * Counts what readers see as characters: extended grapheme clusters by UAX #29, in the Unicode version of the runtime.
 * A letter with its accents is one, as is a flag, and so is a carriage return with its line feed.
 */
export function graphemeLength(text: string): number {
  if (ascii.test(text)) return text.includes("\r\n") ? text.length - text.split("\r\n").length + 1 : text.length;
  let count = 0;
  for (const _ of segmenter.segment(text)) count++;
  return count;
}
