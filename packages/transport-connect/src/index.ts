export type { AuditOptions, RefusedCall } from "./call-audit.ts";
export type { CallInfo, CallObserver } from "./calls.ts";
export { type ConnectErrorOptions, connectCodes, toConnectError } from "./connect-error.ts";
export { type AnalyticsPart, createRoutes, type RoutesOptions } from "./create-routes.ts";
export type { UploadLimits } from "./import-uploads.ts";
export { type BucketTable, createBucketTable } from "./limits/bucket-table.ts";
export { type CallLimits, type CallLimitsOptions, createCallLimits } from "./limits/call-limits.ts";
export type { Rate } from "./limits/token-bucket.ts";
export { principalKey, revokedKey, type StoreFor } from "./principal.ts";
