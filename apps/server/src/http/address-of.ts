import type { Exchange } from "@trimtab/http";

/** Gives the address at which the server was reached, as far as the caller says, for instance `http://127.0.0.1:7171`. */
export function addressOf({ socket, headers }: Pick<Exchange, "socket" | "headers">): string {
  const scheme = socket !== undefined && "encrypted" in socket && socket.encrypted ? "https" : "http";
  const authority = headers[":authority"] ?? headers.host;
  const address = `${scheme}://${typeof authority === "string" ? authority : unnamed}`;
  return URL.canParse(address) ? address : `${scheme}://${unnamed}`;
}

/** Stands for this server where a caller does not name it. */
const unnamed = "127.0.0.1:7171";
