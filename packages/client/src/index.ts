export { isStoreError, StoreError } from "@trimtab/core";
export * from "@trimtab/handles";
export { createStoreClient, type StoreClientOptions } from "./create-store-client.ts";
export { fromConnectError } from "./store-error.ts";
