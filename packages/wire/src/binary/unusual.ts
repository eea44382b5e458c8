/**
 * What generated codecs throw where a message or its bytes are anything but usual: damaged, of a newer schema, with a field where none
 * belongs. They leave all of that to protobuf-es, which reads or refuses it. Made once, since nobody sees it.
 */
const unusual = new Error("left to protobuf-es");

/** Leaves a message to protobuf-es. */
export function giveUp(): never {
  throw unusual;
}
