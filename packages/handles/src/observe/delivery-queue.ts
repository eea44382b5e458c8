import type { OnError } from "../listeners.ts";
import { mergeEvents, type ObservedEvent } from "./observed-event.ts";

/** Calls one observer with one delivery after the other, waiting for each; nobody else waits for it. */
export interface DeliveryQueue {
  push(events: readonly ObservedEvent[]): void;
  /** Drops what has not been delivered. */
  close(): void;
}

/**
 * Makes the queue of one observer. Where more than `capacity` deliveries wait, they are merged into the latest event of
 * each variable, marked `lagged`: a slow observer misses steps and never the outcome, and takes bounded memory.
 */
export function createDeliveryQueue(
  deliver: (events: readonly ObservedEvent[]) => unknown,
  { capacity, separate, onError }: { capacity: number; separate: boolean; onError: OnError },
): DeliveryQueue {
  let waiting: (readonly ObservedEvent[])[] = [];
  let running = false;
  let closed = false;

  const run = async (): Promise<void> => {
    running = true;
    for (let next = waiting.shift(); next !== undefined && !closed; next = waiting.shift()) {
      try {
        await deliver(next);
      } catch (error) {
        onError(error);
      }
    }
    running = false;
  };

  const merge = (): void => {
    const latest = new Map<string, ObservedEvent>();
    for (const event of waiting.flat()) {
      const earlier = latest.get(event.id);
      // Set anew, so that what happened last comes last.
      latest.delete(event.id);
      latest.set(event.id, earlier === undefined ? event : mergeEvents(earlier, event));
    }
    const events = [...latest.values()];
    waiting = separate ? events.map((event) => [event]) : [events];
  };

  return {
    push(events) {
      if (closed) return;
      waiting.push(events);
      if (waiting.length > capacity) merge();
      if (!running) void run();
    },
    close() {
      closed = true;
      waiting = [];
    },
  };
}
