import type { ConnectRouter } from "@connectrpc/connect";

/** Is told of a service as a router is: what it is, what implements it, and how. */
export type ServiceVisitor = (...registered: Parameters<ConnectRouter["service"]>) => void;

/** Tells of each service that routes register, in their order, without serving any. */
export function forEachService(routes: (router: ConnectRouter) => void, visit: ServiceVisitor): void {
  const router: ConnectRouter = {
    handlers: [],
    service(service, implementation, options) {
      visit(service, implementation, options);
      return router;
    },
    rpc: () => router,
  };
  routes(router);
}
