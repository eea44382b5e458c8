/** How many bits each byte's code has, in base 36, byte after byte; the last is of EOS (RFC 7541, Appendix B). */
const LENGTHS =
  "dnsssssssoussussssssssusssssssss6aacd68baa8b8666555666666678f6cad67777777777777777777777878djde6f565" +
  "65666577666567655677777fbedskmkkmmmnmnnnnnonoomnonnnnlmnmnnomlkmmnnlnmmolmnnllmlnmnnkmmmnmmnqqkjmnmp" +
  "qqqrrqopjlqrrqrollqqsrrrkoklmllnmmppooqnqrqqrrrrrsrrrrrqu";

/** The code of one byte: its bits, of which there are `length`, the last at the right. */
export interface HuffmanCode {
  readonly bits: number;
  readonly length: number;
}

/** What says that a string ends; it may not occur in one (RFC 7541, 5.2). */
export const EOS = 256;

/**
 * The codes of the 256 bytes and of {@link EOS}, by what they stand for (RFC 7541, Appendix B). The code is canonical: in order
 * of length, and of symbol within a length, each is the one before plus one, so that the lengths tell all of it.
 */
export const huffmanCodes: readonly HuffmanCode[] = toCodes(Array.from(LENGTHS, (digit) => Number.parseInt(digit, 36)));

function toCodes(lengths: readonly number[]): HuffmanCode[] {
  const codes: HuffmanCode[] = [];
  let bits = 0;
  for (let length = 1; length <= Math.max(...lengths); length++) {
    bits *= 2;
    for (const [symbol, each] of lengths.entries()) if (each === length) codes[symbol] = { bits: bits++, length };
  }
  return codes;
}
