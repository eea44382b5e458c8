import { type Value, valueEquals } from "@trimtab/core";
import type { OnError } from "../listeners.ts";
import type { Timers } from "../timers.ts";
import { createBatching } from "./batching.ts";
import { createDeliveryQueue } from "./delivery-queue.ts";
import type { ObservedEvent } from "./observed-event.ts";
import { createPacing } from "./pacing.ts";

/** How an observer wants to be told. */
export interface ObserveOptions {
  /** Asked of each update, with the old value and the new one; what it throws lets the update through and is reported. */
  readonly filter?: (oldValue: Value | undefined, newValue: Value) => boolean;
  /** Of the observers of one event, those with a higher priority are called first; 50 unless given. */
  readonly priority?: number;
  /** Milliseconds between two notifications of one variable. The first comes at once, the latest when they are over. */
  readonly debounceMs?: number;
  /** Another name for `debounceMs`, which counts where both are given. */
  readonly throttleMs?: number;
  /** Leave out updates that set the value that was there already. */
  readonly distinct?: boolean;
  /** Ends the observation. */
  readonly signal?: AbortSignal;
}

/** How several events are told together. */
export interface BatchSize {
  /** Events of a batch at most, at least 1; 50 unless given. */
  readonly maxSize?: number;
  /** Milliseconds from the first event of a batch on after which it is told, at least 0; 100 unless given. */
  readonly maxDelayMs?: number;
}

/** One observer: takes in every event that it selects, and is told what it asked for. */
export interface Observer {
  readonly priority: number;
  offer(event: ObservedEvent): void;
  close(): void;
}

/** What observers of one session share. */
export interface ObserverMeans {
  readonly timers: Timers;
  readonly onError: OnError;
  /** Deliveries that may wait for one observer. */
  readonly capacity: number;
}

/** Makes an observer that is told one event at a time, or batches where a size is given. */
export function createObserver(
  notify: (events: readonly ObservedEvent[]) => unknown,
  options: ObserveOptions & { batch?: BatchSize },
  means: ObserverMeans,
): Observer {
  const { timers, onError, capacity } = means;
  const queue = createDeliveryQueue(notify, { capacity, separate: options.batch === undefined, onError });
  const { batch } = options;
  const batching =
    batch && createBatching({ maxSize: batch.maxSize ?? 50, maxDelayMs: batch.maxDelayMs ?? 100 }, queue.push, timers);
  const collect = batching?.push ?? ((event: ObservedEvent) => queue.push([event]));
  const windowMs = options.debounceMs ?? options.throttleMs ?? 0;
  const pacing = windowMs > 0 ? createPacing(windowMs, collect, timers) : undefined;
  const pass = pacing?.push ?? collect;
  return {
    priority: options.priority ?? 50,
    offer(event) {
      if (isWanted(event, options, onError)) pass(event);
    },
    close() {
      pacing?.close();
      batching?.close();
      queue.close();
    },
  };
}

/** Only updates of values are ever left out. */
function isWanted(event: ObservedEvent, { filter, distinct }: ObserveOptions, onError: OnError): boolean {
  if (event.kind !== "updated") return true;
  const { oldValue, newValue } = event;
  if (distinct === true && oldValue !== undefined && valueEquals(oldValue, newValue)) return false;
  if (filter === undefined) return true;
  try {
    return filter(oldValue, newValue);
  } catch (error) {
    onError(error);
    return true;
  }
}
