export * from "@trimtab/handles";
export { type AnalyticsClientOptions, createAnalyticsClient } from "./create-analytics-client.ts";
export { createAuditClient } from "./create-audit-client.ts";
export { createRenewedTransport } from "./create-renewed-transport.ts";
export { createStoreClient, type StoreClientOptions } from "./create-store-client.ts";
export { createStudyClient } from "./create-study-client.ts";
export { type RequestSessions, readAtOnce } from "./read-at-once.ts";
export { fromConnectError } from "./store-error.ts";
