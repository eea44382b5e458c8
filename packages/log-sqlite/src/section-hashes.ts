import { chunkHash, hashBytes } from "./chunk-hash.ts";

/** Shared memory for the hashes of the sections in a window, by the slots that they are in. */
export interface SectionHashes {
  /** How far the hash of each section is. */
  readonly states: Int32Array<SharedArrayBuffer>;
  /** Bytes of each section. */
  readonly lengths: Int32Array<SharedArrayBuffer>;
  readonly hashes: Uint8Array<SharedArrayBuffer>;
}

/** Nobody wants it; nobody has begun; another thread than the one that writes works it out; it is there. */
const [none, wanted, underWay, known] = [0, 1, 2, 3];

/** Makes room for the hashes of so many sections, none of which is wanted. */
export const createSectionHashes = (slots: number): SectionHashes => ({
  states: new Int32Array(new SharedArrayBuffer(slots * Int32Array.BYTES_PER_ELEMENT)),
  lengths: new Int32Array(new SharedArrayBuffer(slots * Int32Array.BYTES_PER_ELEMENT)),
  hashes: new Uint8Array(new SharedArrayBuffer(slots * hashBytes)),
});

/** Says that a slot holds a section of this length. */
export function wantHash({ states, lengths }: SectionHashes, slot: number, length: number): void {
  lengths[slot] = length;
  Atomics.store(states, slot, wanted);
}

/** Gives the hash of a section, to the thread that writes: worked out here, unless another has begun with it. */
export function takeHash({ states, hashes }: SectionHashes, slot: number, section: Uint8Array): Uint8Array {
  if (!isAwaited(states, slot)) return chunkHash(section);
  return hashes.slice(slot * hashBytes, (slot + 1) * hashBytes);
}

/** Sees to it that nobody looks at a section any more, so that another may take its slot. */
export function forgetHash({ states }: SectionHashes, slot: number): void {
  if (isAwaited(states, slot)) Atomics.store(states, slot, none);
}

/** Waits for the hash of a section where another thread has begun with it; `false` where none has, or it ended in the middle: then none will. */
function isAwaited(states: SectionHashes["states"], slot: number): boolean {
  for (;;) {
    const state = Atomics.compareExchange(states, slot, wanted, none);
    if (state !== underWay) return state !== wanted;
    Atomics.wait(states, slot, underWay);
  }
}

/** Works out the hash of a section unless somebody has begun with it, in a thread other than the one that writes; says whether it did. */
export function hashAhead({ states, lengths, hashes }: SectionHashes, slot: number, room: Uint8Array): boolean {
  if (Atomics.compareExchange(states, slot, wanted, underWay) !== wanted) return false;
  hashes.set(chunkHash(room.subarray(0, lengths[slot])), slot * hashBytes);
  Atomics.store(states, slot, known);
  Atomics.notify(states, slot);
  return true;
}

/** Says that the thread which works out hashes ahead has ended: a hash that it had begun with is wanted again, and whoever waits for it told so. */
export function giveBackHashes({ states }: SectionHashes): void {
  for (let slot = 0; slot < states.length; slot++) {
    if (Atomics.compareExchange(states, slot, underWay, wanted) === underWay) Atomics.notify(states, slot);
  }
}
