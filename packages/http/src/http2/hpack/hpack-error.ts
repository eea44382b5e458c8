/** Says that a header block is not what RFC 7541 allows; it ends the connection with COMPRESSION_ERROR (RFC 9113, 4.3). */
export class HpackError extends Error {
  override readonly name = "HpackError";
}
