import { Code, ConnectError, type ConnectRouter, type HandlerContext } from "@connectrpc/connect";
import { health } from "@trimtab/wire/grpc";

const { Health, HealthCheckResponse_ServingStatus: Status } = health;

/** What a server says of its health. */
export interface ServerHealth {
  /** Registers `grpc.health.v1.Health`. */
  readonly routes: (router: ConnectRouter) => void;
  /** From now on every service is said not to be serving, to those who watch too. */
  stopServing(): void;
}

/**
 * Makes the health of a server that serves these services, by the gRPC health checking protocol
 * (grpc/grpc: doc/health-checking.md). The empty name stands for the server as a whole.
 */
export function createHealth(services: readonly string[]): ServerHealth {
  const known = new Set(["", ...services]);
  const stopped = new AbortController();
  const present = () => (stopped.signal.aborted ? Status.NOT_SERVING : Status.SERVING);
  return {
    routes: (router) =>
      router.service(Health, {
        check({ service }) {
          if (!known.has(service)) throw new ConnectError(`unknown service "${service}"`, Code.NotFound);
          return { status: present() };
        },
        async *watch({ service }, context: HandlerContext) {
          // An unknown service may come to be known, so the protocol has the stream go on.
          const status = () => (known.has(service) ? present() : Status.SERVICE_UNKNOWN);
          yield { status: status() };
          await abortOf(AbortSignal.any([context.signal, stopped.signal]));
          context.signal.throwIfAborted();
          yield { status: status() };
        },
        list: () => ({ statuses: Object.fromEntries(Array.from(known, (name) => [name, { status: present() }])) }),
      }),
    stopServing: () => stopped.abort(),
  };
}

const abortOf = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
