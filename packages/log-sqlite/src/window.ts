import { EngineError } from "./failure.ts";
import type { Sectioned } from "./sectioned.ts";

/** Shared memory through which the writing thread is sent sections of data, a few at a time and in order. */
export interface Window {
  /** How many sections were ever put in, how many were taken out, both wrapping, and whether those promised do not come. */
  readonly control: Int32Array<SharedArrayBuffer>;
  readonly room: Uint8Array<SharedArrayBuffer>;
}

const [putIn, takenOut, brokenOff] = [0, 1, 2];

/** Sections that are there at once; a power of two, for counts wrap. */
const slots = 4;
/** What a section may hold. */
const slotBytes = 1 << 20;

/** Makes an empty window. */
export const createWindow = (): Window => ({
  control: new Int32Array(new SharedArrayBuffer(3 * Int32Array.BYTES_PER_ELEMENT)),
  room: new Uint8Array(new SharedArrayBuffer(slots * slotBytes)),
});

function slotOf({ room }: Window, count: number, length: number): Uint8Array {
  const start = (count & (slots - 1)) * slotBytes;
  return room.subarray(start, start + length);
}

/**
 * Puts the sections of data in as there is room, for which it waits without holding up the thread; resolves when the last one is in,
 * or once `isOver` says that nobody takes them any more, which {@link wake} makes it ask.
 */
export async function putSections(window: Window, data: Sectioned, isOver: () => boolean): Promise<void> {
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
    takeInto(slotOf(window, count, length));
    Atomics.add(control, putIn, 1);
    Atomics.notify(control, putIn);
  }
}

/** Lets a {@link putSections} that waits look around. */
export const wake = ({ control }: Window): void => void Atomics.notify(control, takenOut);

/** Says that the sections still expected do not come. Nothing may be put in before whoever expects them has given up. */
export function breakOff({ control }: Window): void {
  Atomics.store(control, brokenOff, 1);
  Atomics.add(control, putIn, 1);
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
  receive(lengths: readonly number[]): Iterable<Uint8Array>;
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
    return Atomics.load(control, brokenOff) === 0;
  };
  const letGo = (): void => {
    Atomics.add(control, takenOut, 1);
    Atomics.notify(control, takenOut);
  };

  return {
    *receive(lengths) {
      for (const length of lengths) {
        const count = Atomics.load(control, takenOut);
        if (!comes(count)) throw new EngineError("unavailable", "data to be written went away before it was written");
        yield slotOf(window, count, length);
        letGo();
      }
    },
    finish() {
      for (;;) {
        const count = Atomics.load(control, takenOut);
        if (((count - first) | 0) === sections) return;
        if (!comes(count)) break;
        letGo();
      }
      Atomics.store(control, takenOut, Atomics.load(control, putIn));
      Atomics.store(control, brokenOff, 0);
    },
  };
}
