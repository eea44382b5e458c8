/** A request that is still to come. */
export interface AwaitedRequest {
  /** What is left until its deadline, in milliseconds. */
  leftMs(): number;
  /** Its caller has broken it off. */
  readonly isBrokenOff: boolean;
  /** Ends its call, since the deadline is over. */
  giveUp(): void;
}

/** Requests with a deadline that are still to come. */
export interface RequestDeadlines {
  add(request: AwaitedRequest): void;
  /** Forgets a request, which has come or is refused. */
  delete(request: AwaitedRequest): void;
}

/** How often those are looked at that have not come, by one timer for all: nearly all come right after they were added. */
const beatMs = 1000;

/** Makes what ends calls that wait for their requests beyond their deadlines, at most a second later. It keeps no process alive. */
export function createRequestDeadlines(): RequestDeadlines {
  const awaited = new Set<AwaitedRequest>();
  let timer: NodeJS.Timeout | undefined;
  const look = (): void => {
    if (awaited.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
    for (const request of awaited) {
      if (!request.isBrokenOff && request.leftMs() > 0) continue;
      awaited.delete(request);
      if (!request.isBrokenOff) request.giveUp();
    }
  };
  return {
    add(request) {
      awaited.add(request);
      timer ??= setInterval(look, beatMs).unref();
    },
    delete: (request) => void awaited.delete(request),
  };
}
