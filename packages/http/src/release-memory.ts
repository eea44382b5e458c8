/** Memory of less is left to be collected: it may be a part of what others use, and giving it back gains nothing. */
const leastBytes = 32 * 1024;

/**
 * Gives the memory back that a socket's bytes came in, of which nobody needs anything any more. A large body otherwise leaves as much
 * behind as it has bytes, for which all that lives is marked, several times for each body.
 */
export function releaseMemory({ buffer, byteLength }: Buffer): void {
  if (byteLength < leastBytes || byteLength !== buffer.byteLength || !(buffer instanceof ArrayBuffer)) return;
  buffer.transfer(0);
}
