import type { Timers } from "../timers.ts";
import { mergeEvents, type ObservedEvent } from "./observed-event.ts";

/** Lets events through no faster than they are wanted. */
export interface Pacing {
  push(event: ObservedEvent): void;
  /** Stops all timers; what was held back is dropped. */
  close(): void;
}

/**
 * Lets the first event of each variable through at once, and from then on at most one per window: the latest, merged
 * with those it stands for. So the final state of every variable is always told.
 */
export function createPacing(windowMs: number, deliver: (event: ObservedEvent) => void, timers: Timers): Pacing {
  const windows = new Map<string, { held: ObservedEvent | undefined; cancel: () => void }>();
  const open = (id: string): void => {
    const window = { held: undefined as ObservedEvent | undefined, cancel: () => {} };
    window.cancel = timers.schedule(windowMs, () => close(id));
    windows.set(id, window);
  };
  const close = (id: string): void => {
    const held = windows.get(id)?.held;
    windows.delete(id);
    if (held === undefined) return;
    open(id);
    deliver(held);
  };
  return {
    push(event) {
      const window = windows.get(event.id);
      if (window !== undefined) {
        window.held = window.held === undefined ? event : mergeEvents(window.held, event);
        return;
      }
      open(event.id);
      deliver(event);
    },
    close() {
      for (const { cancel } of windows.values()) cancel();
      windows.clear();
    },
  };
}
