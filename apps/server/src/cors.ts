import { cors } from "@connectrpc/connect";

/** Headers of a request and a place for those of the answer, in either version of HTTP. */
export interface CorsExchange {
  readonly method: string | undefined;
  readonly headers: { readonly [name: string]: string | readonly string[] | undefined };
  setHeader(name: string, value: string): void;
}

/** Headers of answers that pages may read, beside those of the protocols. */
const exposedHeaders = ["Grpc-Status-Details-Bin", "Retry-After", "Grpc-Retry-Pushback-Ms", "Www-Authenticate"];

/** Headers of requests that pages may send, beside those of the protocols; the last two hand traces on (W3C Trace Context). */
const allowedHeaders = [...cors.allowedHeaders, "Authorization", "Traceparent", "Tracestate"];

/** How long a browser may remember the answer to a preflight, in seconds. */
const maxAgeSeconds = 7200;

/**
 * Makes the function that lets pages of these origins call the server (the CORS protocol of the Fetch standard) with
 * the methods and headers that Connect and gRPC-web need. It says whether the request was a preflight, which is then answered.
 */
export function createCors(origins: readonly string[]): (exchange: CorsExchange) => boolean {
  const anyOrigin = origins.includes("*");
  const allowed = new Set(origins);
  return ({ method, headers, setHeader }) => {
    const origin = headers["origin"];
    if (typeof origin !== "string" || !(anyOrigin || allowed.has(origin))) return false;
    setHeader("access-control-allow-origin", anyOrigin ? "*" : origin);
    if (!anyOrigin) setHeader("vary", "origin");
    setHeader("access-control-expose-headers", [...cors.exposedHeaders, ...exposedHeaders].join(", "));
    if (method !== "OPTIONS" || headers["access-control-request-method"] === undefined) return false;
    setHeader("access-control-allow-methods", cors.allowedMethods.join(", "));
    setHeader("access-control-allow-headers", allowedHeaders.join(", "));
    setHeader("access-control-max-age", String(maxAgeSeconds));
    return true;
  };
}
