import { requireSessions } from "./argument-kinds.ts";

/** What is used of a session manager of `@connectrpc/connect-node`: it makes requests, and is told of answers that are read. */
export interface RequestSessions<Call extends readonly unknown[], Answer extends AsyncIterable<unknown>> {
  readonly authority: string;
  request(...call: Call): Promise<Answer>;
  notifyResponseByteRead(answer: Answer): void;
}

/**
 * The same sessions, of which each answer is read from the moment on when it is asked for, and not only once its head was looked
 * at. Some versions of Node fail the reading of an answer over HTTP/2 that is begun after all of it has come. No more than one
 * piece of an answer is held for whoever reads it. Throws `invalid_argument` where `sessions` is no session manager.
 */
export function readAtOnce<Call extends readonly unknown[], Answer extends AsyncIterable<unknown>>(
  sessions: RequestSessions<Call, Answer>,
): RequestSessions<Call, Answer> {
  requireSessions(sessions);
  return {
    authority: sessions.authority,
    request: async (...call) => begunToRead(await sessions.request(...call)),
    notifyResponseByteRead: (answer) => sessions.notifyResponseByteRead(answer),
  };
}

/** Begins to iterate over an answer, and has whoever iterates over it go on with that. */
function begunToRead<Answer extends AsyncIterable<unknown>>(answer: Answer): Answer {
  const pieces = answer[Symbol.asyncIterator]();
  let begun: Promise<IteratorResult<unknown>> | undefined = pieces.next();
  // Where nobody comes to read, the stream itself says how it failed.
  begun.catch(() => {});
  const iterator: AsyncIterator<unknown> = {
    next() {
      const piece = begun ?? pieces.next();
      begun = undefined;
      return piece;
    },
    return: async () => (await pieces.return?.()) ?? { done: true, value: undefined },
  };
  return Object.assign(answer, { [Symbol.asyncIterator]: () => iterator });
}
