export { type Append, type AppendObserver, type AppendOptions, createAppendObserver } from "./append-observer.ts";
export { type CallObserver, type CallObserverOptions, createCallObserver } from "./call-observer.ts";
export type { Instruments } from "./instruments.ts";
export { type CallNames, rpcMethod, statusOf } from "./rpc-attributes.ts";
export { traceStore } from "./trace-store.ts";
export { createTracingInterceptor } from "./tracing-interceptor.ts";
