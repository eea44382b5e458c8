import type { Pulse } from "../pulse.ts";

/** A pulse that beats when a test wants it. */
export interface ManualPulse extends Pulse {
  /** Those who follow it now. */
  readonly followers: number;
  beat(times?: number): void;
}

/** Makes a pulse that stands still. */
export function createManualPulse(): ManualPulse {
  const listeners = new Set<() => void>();
  return {
    get followers() {
      return listeners.size;
    },
    follow(onBeat) {
      listeners.add(onBeat);
      return () => void listeners.delete(onBeat);
    },
    beat(times = 1) {
      for (let i = 0; i < times; i++) for (const listener of listeners) listener();
    },
  };
}
