import type { Timers } from "../timers.ts";
import type { ObservedEvent } from "./observed-event.ts";

/** Collects events and hands them on together. */
export interface Batching {
  push(event: ObservedEvent): void;
  /** Stops the timer; what was collected is dropped. */
  close(): void;
}

/** Hands events on as soon as there are `maxSize` of them, and no later than `maxDelayMs` after the first. */
export function createBatching(
  { maxSize, maxDelayMs }: { maxSize: number; maxDelayMs: number },
  deliver: (events: readonly ObservedEvent[]) => void,
  timers: Timers,
): Batching {
  let collected: ObservedEvent[] = [];
  let cancel = () => {};
  const flush = (): void => {
    cancel();
    const events = collected;
    collected = [];
    if (events.length > 0) deliver(events);
  };
  return {
    push(event) {
      if (collected.length === 0) cancel = timers.schedule(maxDelayMs, flush);
      collected.push(event);
      if (collected.length >= maxSize) flush();
    },
    close() {
      cancel();
      collected = [];
    },
  };
}
