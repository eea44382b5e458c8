import type { OutgoingHttpHeaders } from "node:http";
import { Code, ConnectError } from "@connectrpc/connect";
import type { Exchange } from "@trimtab/http";
import { unaryDialects } from "./direct/dialects.ts";
import { addressOf } from "./http/address-of.ts";
import { sendEnding, sendFailure, sendText } from "./http/send.ts";
import type { StaticFiles } from "./static-files.ts";

/** What lies around the API. */
export interface Surroundings {
  /** The page for people, given the address by which the server was reached. */
  readonly page: (url: string) => string;
  /** Writes the figures for Prometheus, where they are served. */
  readonly metrics?: (() => Promise<string>) | undefined;
  readonly staticFiles?: StaticFiles | undefined;
  readonly onError: (error: unknown) => void;
}

/** Answers a request; the answer carries these fields beside its own. */
export type Fallback = (exchange: Exchange, fields: OutgoingHttpHeaders) => void;

/** Makes what handles requests that are no calls of the API: the page at `/`, files, and paths that lead nowhere. */
export function createFallback({ page, metrics, staticFiles, onError }: Surroundings): Fallback {
  const handle = async (exchange: Exchange, fields: OutgoingHttpHeaders): Promise<void> => {
    const pathname = pathnameOf(exchange.path ?? "/");
    const text = `nothing is served at ${pathname}`;
    const nothing = { status: 404, text: `${text}\n`, fields };
    const called = exchange.method === "POST" ? unaryDialects.get(exchange.headers["content-type"] ?? "") : undefined;
    if (called !== undefined && called.protocol !== "connect") {
      // Its caller has no use for a status of HTTP.
      const ending = called.ending(new ConnectError(text, Code.Unimplemented), {});
      return void sendEnding(exchange, { ...fields, "content-type": called.contentType }, ending);
    }
    if (exchange.method !== "GET" && exchange.method !== "HEAD") return sendText(exchange, nothing);
    if (pathname === "/metrics" && metrics !== undefined) {
      const contentType = "text/plain; version=0.0.4; charset=utf-8";
      return sendText(exchange, { status: 200, text: await metrics(), contentType, fields });
    }
    if (staticFiles !== undefined && (await staticFiles(pathname, exchange, fields))) return;
    if (pathname !== "/") return sendText(exchange, nothing);
    sendText(exchange, {
      status: 200,
      text: page(addressOf(exchange)),
      contentType: "text/html; charset=utf-8",
      fields: { ...fields, ...pageFields },
    });
  };
  return (exchange, fields) => {
    handle(exchange, fields).catch((error: unknown) => {
      onError(error);
      sendFailure(exchange, fields);
    });
  };
}

const pageFields = {
  "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
  "x-content-type-options": "nosniff",
};

/** Without what leads up and around, and without the query; a target that is no address stays as it is. */
const pathnameOf = (path: string): string =>
  URL.canParse(path, "http://host") ? new URL(path, "http://host").pathname : path;
