import { Code, ConnectError, type StreamResponse, type Transport } from "@connectrpc/connect";
import { isStoreError } from "@trimtab/core";
import { requireOpened, requireOpening } from "./argument-kinds.ts";

/** A transport, and how often anything came over it. */
interface Opened {
  readonly transport: Transport;
  heard: number;
}

/**
 * Makes a transport that is opened anew where the one before carries nothing any more: where a call reached its deadline, or a
 * watch was given up as silent (its signal was aborted with a `deadline_exceeded`, as by `openSession`), and since it was last
 * heard of nothing came for any other either. A connection on which all calls travel, as over HTTP/2, can so die in silence
 * without the calls that follow waiting on it. What is under way on the one before is left to its own end.
 */
export function createRenewedTransport(open: () => Transport): Transport {
  requireOpening(open);
  const openAnew = (): Opened => {
    const transport = open();
    requireOpened(transport);
    return { transport, heard: 0 };
  };
  let current = openAnew();
  const giveUp = (used: Opened, heard: number): void => {
    if (used === current && used.heard === heard) current = openAnew();
  };

  return {
    async unary(...call) {
      const used = current;
      const { heard } = used;
      try {
        const answer = await used.transport.unary(...call);
        used.heard++;
        return answer;
      } catch (error) {
        if (isLate(error)) giveUp(used, heard);
        throw error;
      }
    },
    async stream(...call) {
      const used = current;
      const [, signal] = call;
      let { heard } = used;
      const end = (reason: unknown): void => {
        signal?.removeEventListener("abort", onAbort);
        if (isLate(reason)) giveUp(used, heard);
      };
      const onAbort = () => end(signal?.reason);
      signal?.addEventListener("abort", onAbort);
      const onMessage = () => {
        heard = ++used.heard;
      };
      try {
        return listenedTo(await used.transport.stream(...call), onMessage, end);
      } catch (error) {
        end(error);
        throw error;
      }
    },
  };
}

/** A response that tells of each message and of its end. */
function listenedTo<R extends StreamResponse>(response: R, onMessage: () => void, onEnd: (reason: unknown) => void): R {
  async function* messages() {
    let reason: unknown;
    try {
      for await (const message of response.message) {
        onMessage();
        yield message;
      }
    } catch (error) {
      reason = error;
      throw error;
    } finally {
      onEnd(reason);
    }
  }
  return { ...response, message: messages() };
}

const isLate = (reason: unknown): boolean =>
  isStoreError(reason, "deadline_exceeded") ||
  (reason instanceof ConnectError && reason.code === Code.DeadlineExceeded);
