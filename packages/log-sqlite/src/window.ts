import { EngineError } from "./failure.ts";
import type { Section } from "./packed-data.ts";
import {
  createSectionHashes,
  forgetHash,
  hashAhead,
  type SectionHashes,
  takeHash,
  wantHash,
} from "./section-hashes.ts";
import type { Sectioned } from "./sectioned.ts";

/** Shared memory through which the writing thread is sent sections of data, a few at a time and in order. */
export interface Window {
  /** How many sections were ever put in, and how many were taken out, both wrapping; more than there is room for where those promised do not come. */
  readonly control: Int32Array<SharedArrayBuffer>;
  readonly room: Uint8Array<SharedArrayBuffer>;
  readonly hashes: SectionHashes;
}

const [putIn, takenOut] = [0, 1];

/** Sections that are there at once; a power of two, for counts wrap. */
const slots = 4;
/** What a section may hold. */
const slotBytes = 1 << 20;

/** Makes an empty window. */
export const createWindow = (): Window => ({
  control: new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT)),
  room: new Uint8Array(new SharedArrayBuffer(slots * slotBytes)),
  hashes: createSectionHashes(slots),
});

/** The slot of the section that is put in after so many others. */
const slotOf = (count: number): number => count & (slots - 1);

const roomOf = ({ room }: Window, slot: number, length = slotBytes): Uint8Array =>
  room.subarray(slot * slotBytes, slot * slotBytes + length);

/** Works out the hash of one section that is there, in a thread that neither puts any in nor takes them; `false` where none was left. */
export function hashOne(window: Window): boolean {
  const first = Atomics.load(window.control, takenOut);
  for (let count = first; count < first + slots; count++) {
    const slot = slotOf(count);
    if (hashAhead(window.hashes, slot, roomOf(window, slot))) return true;
  }
  return false;
}

/** How sections are put in. */
export interface Putting {
  /** Says that nobody takes them any more, which {@link wake} makes it ask. */
  readonly isOver: () => boolean;
  /** Called after each. */
  readonly onPut: () => void;
}

/**
 * Puts the sections of data in as there is room, for which it waits without holding up the thread; resolves when the last one is in,
 * or once nobody takes them any more.
 */
export async function putSections(window: Window, data: Sectioned, { isOver, onPut }: Putting): Promise<void> {
  const { control } = window;
  const takeInto = taking(data.parts);
  for (const length of data.sections) {
    const count = Atomics.load(control, putIn);
    for (;;) {
      if (isOver()) return;
      const taken = Atomics.load(control, takenOut);
      if (((count - taken) | 0) < slots) break;
      await Atomics.waitAsync(control, takenOut, taken).value;
    }
    const slot = slotOf(count);
    takeInto(roomOf(window, slot, length));
    wantHash(window.hashes, slot, length);
    Atomics.add(control, putIn, 1);
    Atomics.notify(control, putIn);
    onPut();
  }
}

/** Lets a {@link putSections} that waits look around. */
export const wake = ({ control }: Window): void => void Atomics.notify(control, takenOut);

/**
 * Says that the sections still expected do not come, in one step: a sign beside the count could be seen, and taken for done with, before the
 * count is. Nothing may be put in before whoever expects them has given up.
 */
export function breakOff({ control }: Window): void {
  Atomics.add(control, putIn, slots + 1);
  Atomics.notify(control, putIn);
}

/** Makes the function that fills arrays with the bytes of parts, one after the other. */
function taking(parts: readonly Uint8Array[]): (target: Uint8Array) => void {
  let index = 0;
  let at = 0;
  return (target) => {
    for (let filled = 0; filled < target.length; ) {
      const part = parts[index];
      if (part === undefined) throw new RangeError("data became shorter while it was being written");
      const some = part.subarray(at, at + target.length - filled);
      target.set(some, filled);
      filled += some.length;
      at += some.length;
      if (at < part.length) continue;
      index++;
      at = 0;
    }
  };
}

/** What comes through a window for one call, on the side of the thread that works on the call. */
export interface Receiver {
  /** Gives sections of these lengths as they come, for which the thread waits; each until the next is asked for. */
  receive(lengths: readonly number[]): Iterable<Section>;
  /** Lets go by what of the call was not received. */
  finish(): void;
}

/** Makes the receiver of so many sections. */
export function createReceiver(window: Window, sections: number): Receiver {
  const { control } = window;
  const first = Atomics.load(control, takenOut);

  /** Waits for a section; `false` where it does not come. */
  const comes = (count: number): boolean => {
    while (Atomics.load(control, putIn) === count) Atomics.wait(control, putIn, count);
    return ((Atomics.load(control, putIn) - count) | 0) <= slots;
  };
  const letGo = (count: number): void => {
    forgetHash(window.hashes, slotOf(count));
    Atomics.add(control, takenOut, 1);
    Atomics.notify(control, takenOut);
  };

  return {
    *receive(lengths) {
      for (const length of lengths) {
        const count = Atomics.load(control, takenOut);
        if (!comes(count)) throw new EngineError("unavailable", "data to be written went away before it was written");
        const slot = slotOf(count);
        const chunk = roomOf(window, slot, length);
        yield { chunk, hash: takeHash(window.hashes, slot, chunk) };
        letGo(count);
      }
    },
    finish() {
      for (;;) {
        const count = Atomics.load(control, takenOut);
        if (((count - first) | 0) === sections) return;
        if (!comes(count)) break;
        letGo(count);
      }
      // Somebody may be at the hash of one that was put in before.
      for (let slot = 0; slot < slots; slot++) forgetHash(window.hashes, slot);
      Atomics.store(control, takenOut, Atomics.load(control, putIn));
    },
  };
}
