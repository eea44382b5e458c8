import { notedAt, type Reply } from "./calls.ts";

/** The number of the call that a reply answers. */
export const idOf = (reply: Reply): number => (typeof reply === "number" ? reply : reply.id);

/**
 * Makes what takes the replies of a thread and hands them on, in their order, each once the thread has noted what it acknowledges. It
 * replies before it notes, since waking this thread takes longer than that: as a rule nothing is held back.
 */
export function createNotedReplies(
  bell: Int32Array<SharedArrayBuffer>,
  settle: (reply: Reply) => void,
): (reply: Reply) => void {
  const held: Reply[] = [];
  const drain = (): void => {
    for (let [first] = held; first !== undefined; [first] = held) {
      const noted = Atomics.load(bell, notedAt);
      // Numbers go beyond 32 bits in time: what counts is which is the later one.
      if (((noted - idOf(first)) | 0) < 0) {
        const change = Atomics.waitAsync(bell, notedAt, noted);
        if (change.async) return void change.value.then(drain);
        continue;
      }
      held.shift();
      settle(first);
    }
  };
  return (reply) => {
    // Where others are held back already, somebody waits to drain them.
    if (held.push(reply) === 1) drain();
  };
}
