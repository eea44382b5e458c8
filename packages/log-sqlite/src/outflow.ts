import type { Sectioned } from "./sectioned.ts";
import { breakOff, putSections, type Window, wake } from "./window.ts";

/** Sends large data to the writing thread through a window, so that it is never there a second time as a whole. */
export interface Outflow {
  /** Sends data for a call, behind that of the calls before. */
  send(data: readonly Sectioned[], call: Promise<unknown>): void;
}

/** Makes an outflow that is sending nothing; `onPut` is called with each section that is in the window, with how many of the same write came before. */
export function createOutflow(window: Window, onPut: (before: number) => void): Outflow {
  let before: Promise<void> = Promise.resolve();
  let lastOver: Promise<void> = Promise.resolve();
  return {
    send(data, call) {
      let isOver = false;
      const end = () => {
        isOver = true;
        wake(window);
      };
      const over = call.then(end, end);
      const earlierOver = lastOver;
      lastOver = over;
      const put = async (): Promise<void> => {
        let count = 0;
        const putting = { isOver: () => isOver, onPut: () => onPut(count++) };
        try {
          for (const each of data) await putSections(window, each, putting);
        } catch {
          // Where the data was taken away there is nothing to put in; the call rejects. Those before it may still be taking theirs.
          await earlierOver;
          breakOff(window);
          await over;
        }
      };
      before = before.then(put);
    },
  };
}
