import { createRouterTransport, type Interceptor } from "@connectrpc/connect";
import { createAccessControl } from "@trimtab/access-control";
import type { Store } from "@trimtab/core";
import { cel } from "@trimtab/expressions";
import { createStore, type LocalStore, type StoreOptions } from "@trimtab/store";
import { createRoutes, type RoutesOptions } from "@trimtab/transport-connect";
import { builtinTypes } from "@trimtab/types";
import { onTestFinished } from "vitest";
import { createStoreClient, type StoreClientOptions } from "../create-store-client.ts";

/** Makes a store that judges access, and whatever else it is to be. */
export const createJudgedStore = (options: Partial<StoreOptions> = {}): LocalStore =>
  createStore({
    types: builtinTypes,
    expressions: cel,
    access: createAccessControl({ expressions: cel }),
    ...options,
  });

/** One store, reached in process and over an in-memory transport, with a session `s`. */
export interface OpenRemote {
  readonly local: LocalStore;
  readonly remote: Store;
  /** Requests sent by the remote store so far. */
  sent(): number;
}

export interface RemoteOptions {
  readonly routes?: Partial<RoutesOptions>;
  readonly client?: StoreClientOptions;
  readonly useBinaryFormat?: boolean;
}

export async function openRemote({ routes, client, useBinaryFormat = true }: RemoteOptions = {}): Promise<OpenRemote> {
  const local = createStore({ types: builtinTypes });
  onTestFinished(() => local.close());
  await local.createSession({ id: "s" });
  let requests = 0;
  const counter: Interceptor = (next) => (request) => {
    requests += 1;
    return next(request);
  };
  const transport = createRouterTransport(createRoutes({ store: local, types: local.types, ...routes }), {
    transport: { useBinaryFormat, interceptors: [counter] },
  });
  return { local, remote: createStoreClient(transport, client), sent: () => requests };
}

/** The variables most tests need. */
export const sampleSpecs = [
  { name: "temperature", type: "float", value: 0.7, constraints: { min: 0, max: 2 } },
  { name: "model", type: "choice", value: "gpt-4", constraints: { choices: ["gpt-4", "claude-3"] } },
  { name: "fixed", type: "integer", value: 5, readOnly: true },
] as const;
