export type { BodyReader, Ending, Exchange } from "./exchange.ts";
export { type Http1Connection, type Http1Options, serveHttp1 } from "./http1/serve-http1.ts";
export { defaultLimits, type Http2Limits } from "./http2/limits.ts";
export type { Pulse } from "./http2/pulse.ts";
export { type Http2Connection, type Http2Options, serveHttp2 } from "./http2/serve-http2.ts";
export { releaseMemory } from "./release-memory.ts";
