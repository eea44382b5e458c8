import { storeError, untilLeft } from "@trimtab/core";
import { begin } from "./caller.ts";
import { fromBrokenCall, readAnswer } from "./store-error.ts";

/** How a stream of messages becomes a stream of events. */
export interface StreamCall<Message, Event> {
  readonly open: (signal: AbortSignal) => AsyncIterable<Message>;
  /** Makes, for each reader, what reads its messages; `undefined` for one that does not complete an event. */
  readonly reader: () => (message: Message) => Event | undefined;
  /** Says that nothing follows an event; unless given, something always does. */
  readonly isLast?: (event: Event) => boolean;
  /** Ends the stream, without an error. */
  readonly signal: AbortSignal | undefined;
}

/** Watches what goes on until it is told to stop: an end that nobody asked for is `unavailable`. */
export const streamCall = <Message, Event>(call: StreamCall<Message, Event>): AsyncIterable<Event> =>
  untilLeft(call.signal, (signal, leave) => readEvents(call, { signal, leave }));

async function* readEvents<Message, Event>(
  { open, reader, isLast = () => false }: StreamCall<Message, Event>,
  { signal, leave }: { signal: AbortSignal; leave: () => void },
): AsyncGenerator<Event, undefined> {
  if (signal.aborted) return undefined;
  const read = reader();
  try {
    for await (const message of begin(() => open(signal))) {
      const event = readAnswer(() => read(message));
      if (signal.aborted) return undefined;
      if (event === undefined) continue;
      yield event;
      if (isLast(event)) return undefined;
    }
    throw storeError("unavailable", "the server has ended the watch without a reason", {});
  } catch (failure) {
    if (signal.aborted) return undefined;
    throw fromBrokenCall(failure);
  } finally {
    leave();
  }
}
