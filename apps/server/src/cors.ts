import type { OutgoingHttpHeaders } from "node:http";
import { cors } from "@connectrpc/connect";
import type { Exchange } from "@trimtab/http";

/** What an answer to a page of another origin says. */
export interface CorsAnswer {
  readonly fields: OutgoingHttpHeaders;
  /** The request asks just for that; nothing else answers it. */
  readonly isPreflight: boolean;
}

/** Headers of answers that pages may read, beside those of the protocols. */
const exposedHeaders = ["Grpc-Status-Details-Bin", "Retry-After", "Grpc-Retry-Pushback-Ms", "Www-Authenticate"];

/** Headers of requests that pages may send, beside those of the protocols; the last two hand traces on (W3C Trace Context). */
const allowedHeaders = [...cors.allowedHeaders, "Authorization", "Traceparent", "Tracestate"];

/** How long a browser may remember the answer to a preflight, in seconds. */
const maxAgeSeconds = 7200;

/** Says what the answer to a request tells pages; `undefined` where it is not of a page that may call. */
export type Cors = (request: Pick<Exchange, "method" | "headers">) => CorsAnswer | undefined;

/**
 * Makes the function that lets pages of these origins call the server (the CORS protocol of the Fetch standard) with
 * the methods and headers that Connect and gRPC-web need.
 */
export function createCors(origins: readonly string[]): Cors {
  const anyOrigin = origins.includes("*");
  const allowed = new Set(origins);
  const everywhere = { "access-control-expose-headers": [...cors.exposedHeaders, ...exposedHeaders].join(", ") };
  const preflight = {
    "access-control-allow-methods": cors.allowedMethods.join(", "),
    "access-control-allow-headers": allowedHeaders.join(", "),
    "access-control-max-age": String(maxAgeSeconds),
  };
  return ({ method, headers }) => {
    const { origin } = headers;
    if (origin === undefined || !(anyOrigin || allowed.has(origin))) return undefined;
    const fields = {
      "access-control-allow-origin": anyOrigin ? "*" : origin,
      ...(!anyOrigin && { vary: "origin" }),
      ...everywhere,
    };
    const isPreflight = method === "OPTIONS" && headers["access-control-request-method"] !== undefined;
    return { fields: isPreflight ? { ...fields, ...preflight } : fields, isPreflight };
  };
}
