import { Code, ConnectError } from "@connectrpc/connect";
import type { Exchange } from "@trimtab/http";

/**
 * Gives the body of a request piece by piece, reading on only when it is asked for more.
 *
 * @param deadline aborts, with a ConnectError, when no more is to be waited for
 * @throws ConnectError where the request is broken off, or the deadline is over
 */
export async function* requestBody(
  exchange: Exchange,
  deadline: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const pieces: Uint8Array[] = [];
  let isWhole = false;
  let wake = (): void => {};
  exchange.onClose(() => wake());
  deadline.addEventListener("abort", () => wake());
  exchange.read({
    onData(bytes) {
      pieces.push(bytes);
      exchange.pause();
      wake();
    },
    onEnd() {
      isWhole = true;
      wake();
    },
  });
  for (;;) {
    let piece = pieces.shift();
    if (piece === undefined && !isWhole && !exchange.isClosed && !deadline.aborted) {
      const woken = new Promise<void>((resolve) => {
        wake = resolve;
      });
      exchange.resume();
      await woken;
      piece = pieces.shift();
    }
    if (piece !== undefined) yield piece;
    else if (isWhole) return;
    else if (deadline.aborted) throw deadline.reason;
    else if (exchange.isClosed) throw new ConnectError("the request was broken off", Code.Aborted);
  }
}
