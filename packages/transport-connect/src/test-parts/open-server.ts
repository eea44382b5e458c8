import { createConnectRouter, createRouterTransport, type Transport } from "@connectrpc/connect";
import { createFetchHandler } from "@connectrpc/connect/protocol";
import { createStore, type LocalStore } from "@trimtab/store";
import { builtinTypes } from "@trimtab/types";
import { onTestFinished } from "vitest";
import { createRoutes, type RoutesOptions } from "../create-routes.ts";

/** A store that is served, with a session `s` that has a temperature, for one test. */
export interface OpenServer {
  readonly store: LocalStore;
  readonly binary: Transport;
  readonly json: Transport;
  /** Posts a body to a method as a caller without our generated code would, and gives status and answer. */
  post(
    method: string,
    body: string | Uint8Array<ArrayBuffer>,
    contentType?: string,
  ): Promise<{ status: number; answer: Answer }>;
}

/** An answer in Connect's JSON: the message, or an error with its details. */
export interface Answer {
  readonly code?: string;
  readonly message?: string;
  readonly details?: readonly { readonly type: string; readonly debug?: { readonly reason?: string } }[];
  readonly [field: string]: unknown;
}

export async function openServer(options: Partial<RoutesOptions> = {}): Promise<OpenServer> {
  const store = createStore({ types: builtinTypes });
  onTestFinished(() => store.close());
  await store.createSession({ id: "s" });
  await store.registerVariable("s", {
    name: "temperature",
    type: "float",
    value: 0.7,
    constraints: { min: 0, max: 2 },
  });
  const routes = createRoutes({ store, types: store.types, ...options });
  const router = createConnectRouter();
  routes(router);
  return {
    store,
    binary: createRouterTransport(routes),
    json: createRouterTransport(routes, { transport: { useBinaryFormat: false } }),
    async post(method, body, contentType = "application/json") {
      const handler = router.handlers.find(({ requestPath }) => requestPath === `/trimtab.v1.${method}`);
      if (handler === undefined) throw new TypeError(`${method} is not routed`);
      const request = new Request(`https://in-memory/trimtab.v1.${method}`, {
        method: "POST",
        headers: { "content-type": contentType },
        body,
      });
      const response = await createFetchHandler(handler)(request);
      return { status: response.status, answer: (await response.json()) as Answer };
    },
  };
}
