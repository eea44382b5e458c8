import { storeError } from "@trimtab/core";
import { fromBrokenCall, readAnswer } from "./store-error.ts";

/** How a stream of messages becomes a stream of events. */
export interface StreamCall<Message, Event> {
  readonly open: (signal: AbortSignal) => AsyncIterable<Message>;
  readonly read: (message: Message) => Event;
  /** Ends the stream, without an error. */
  readonly signal: AbortSignal | undefined;
}

/** Watches what goes on until it is told to stop: an end that nobody asked for is `unavailable`. */
export const streamCall = <Message, Event>(call: StreamCall<Message, Event>): AsyncIterable<Event> => ({
  [Symbol.asyncIterator]() {
    const stop = new AbortController();
    const signal = call.signal === undefined ? stop.signal : AbortSignal.any([stop.signal, call.signal]);
    const events = readEvents(call, signal);
    return {
      next: () => events.next(),
      // Aborting first ends a `next` that is waiting.
      return: () => {
        stop.abort();
        return events.return(undefined);
      },
    };
  },
});

async function* readEvents<Message, Event>(
  { open, read }: StreamCall<Message, Event>,
  signal: AbortSignal,
): AsyncGenerator<Event, undefined> {
  if (signal.aborted) return undefined;
  try {
    for await (const message of open(signal)) {
      yield readAnswer(() => read(message));
      if (signal.aborted) return undefined;
    }
    throw storeError("unavailable", "the server has ended the watch without a reason", {});
  } catch (failure) {
    if (signal.aborted) return undefined;
    throw fromBrokenCall(failure);
  }
}
