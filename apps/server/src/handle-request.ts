import type { IncomingMessage, ServerResponse } from "node:http";
import type { CorsExchange } from "./cors.ts";
import type { RequestHandler } from "./listener.ts";
import type { StaticFiles } from "./static-files.ts";

/** What lies around the API. */
export interface Surroundings {
  readonly cors: (exchange: CorsExchange) => boolean;
  /** The page for people, given the address by which the server was reached. */
  readonly page: (url: string) => string;
  /** Writes the figures for Prometheus, where they are served. */
  readonly metrics?: (() => Promise<string>) | undefined;
  readonly staticFiles?: StaticFiles | undefined;
  readonly onError: (error: unknown) => void;
}

/** Puts CORS before the API. */
export const withCors =
  (cors: Surroundings["cors"], api: RequestHandler): RequestHandler =>
  (request, response) => {
    const setHeader = (name: string, value: string) => void response.setHeader(name, value);
    const isPreflight = cors({ method: request.method, headers: request.headers, setHeader });
    if (isPreflight) response.writeHead(204).end();
    else api(request, response);
  };

/** Handles what is no call of the API: the page at `/`, files, and paths that lead nowhere. */
export function createFallback({ page, metrics, staticFiles, onError }: Surroundings): RequestHandler {
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname } = new URL(request.url ?? "/", "http://host");
    const isHead = request.method === "HEAD";
    if (request.method !== "GET" && !isHead) return answer(response, 404, `nothing is served at ${pathname}`);
    if (pathname === "/metrics" && metrics !== undefined) {
      const text = await metrics();
      response.writeHead(200, { "content-type": "text/plain; version=0.0.4; charset=utf-8" });
      return void response.end(isHead ? undefined : text);
    }
    if (staticFiles !== undefined && (await staticFiles(pathname, response, isHead))) return;
    if (pathname !== "/") return answer(response, 404, `nothing is served at ${pathname}`);
    const html = page(addressOf(request));
    response.writeHead(200, {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
      "x-content-type-options": "nosniff",
    });
    response.end(isHead ? undefined : html);
  };
  return (request, response) => {
    handle(request, response).catch((error: unknown) => {
      onError(error);
      if (response.headersSent) response.destroy();
      else answer(response, 500, "the server failed");
    });
  };
}

function answer(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8" });
  response.end(`${text}\n`);
}

function addressOf(request: IncomingMessage): string {
  const scheme = "encrypted" in request.socket && request.socket.encrypted ? "https" : "http";
  const authority = request.headers[":authority"] ?? request.headers.host;
  return `${scheme}://${typeof authority === "string" ? authority : "127.0.0.1:7171"}`;
}
