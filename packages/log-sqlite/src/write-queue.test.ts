import { LogError } from "@trimtab/log";
import { expect, test, vi } from "vitest";
import type { Outcomes } from "./calls.ts";
import type { Thread } from "./thread.ts";
import { createWriteQueue } from "./write-queue.ts";

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A queue whose thread answers when the test says so, and a clock that goes on when it does. */
function openQueue() {
  let now = 0;
  vi.spyOn(performance, "now").mockImplementation(() => now);
  const sent: { count: number; answer: (outcomes: Outcomes) => void }[] = [];
  const none = () => expect.fail("the queue asks for appends alone");
  const thread: Thread = {
    call: none,
    append(writes) {
      const { promise, resolve } = Promise.withResolvers<Outcomes>();
      sent.push({ count: writes.length, answer: resolve });
      return promise;
    },
    announce() {},
    nudge: none,
    close: none,
  };
  const queue = createWriteQueue(thread, { send: none }, () => new LogError("closed", "it is closed"));
  const made: Promise<boolean>[] = [];
  return {
    queue,
    made,
    /** Asks for entries of one append each to be submitted together. */
    gather(entries: number): void {
      const submit = () => {
        for (let i = 0; i < entries; i++) {
          made.push(
            queue.submit({ kind: "append", stream: "s", after: i, count: 1, notes: undefined }, [new Uint8Array([i])]),
          );
        }
      };
      queue.gather(submit, entries);
    },
    /** Of how many appends what was sent and not answered is. */
    sent: () => sent.reduce((sum, { count }) => sum + count, 0),
    /** Answers what was sent, and gives of how many appends that was. */
    async answer(): Promise<number> {
      const batches = sent.splice(0);
      for (const each of batches) each.answer("made");
      await turn();
      return batches.reduce((sum, { count }) => sum + count, 0);
    },
    pass(duration: number): void {
      now += duration;
    },
  };
}

test("what is answered is under way no more, so that many go in halves once the log waits for them", async () => {
  const { queue, made, gather, sent, answer, pass } = openQueue();
  for (let round = 0; round < 20; round++) {
    gather(64);
    await turn();
    pass(1);
    expect(await answer()).toBe(64);
    // Longer than the log has worked.
    pass(10);
  }
  gather(40);
  expect(sent()).toBe(40);
  expect(await answer()).toBe(40);
  expect(await Promise.all(made)).toEqual(Array(20 * 64 + 40).fill(true));
  expect(queue.waiting).toBe(0);
  await queue.close();
});
