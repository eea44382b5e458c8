import { createConnectTransport } from "@connectrpc/connect-node";
import { createStoreClient } from "@trimtab/client";
import type { Store } from "@trimtab/core";

/** The store behind the server at an address. */
export const connect = (url: string, actor: string): Store =>
  createStoreClient(createConnectTransport({ baseUrl: url, httpVersion: "2" }), { actor });
