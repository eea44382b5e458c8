import type { IncomingHttpHeaders } from "node:http";

/** The head of a request of the common kind: one that is followed by as many bytes as it says, and by nothing else. */
export interface CommonHead {
  readonly method: "POST";
  readonly path: string;
  /** By their names in small letters. */
  readonly headers: Readonly<IncomingHttpHeaders>;
  /** Bytes that follow the head. */
  readonly bodyBytes: number;
}

const requestLine = /^POST (\/[!-~]*) HTTP\/1\.1$/;

/** A field on a line (RFC 9112, section 5), without the spaces around its value. */
const fieldLine =
  /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*((?:[!-~\x80-\xff](?:[\t -~\x80-\xff]*[!-~\x80-\xff])?)?)[ \t]*$/;

/** Fields that say something of the connection or of how the body is written. */
const uncommon = new Set(["transfer-encoding", "expect", "upgrade", "te", "trailer", "keep-alive", "proxy-connection"]);

/** The most fields that Node takes, too, unless it is told otherwise. */
const maxFields = 100;

/**
 * Reads the head of a request, without the empty line behind it. Whatever is not of the common kind, and whatever could be
 * understood in two ways, gives `undefined`: fields that come twice, lines that end in another way than they should, lengths that
 * are none. So what is read here is read by everybody else in the same way (RFC 9112, section 11.2).
 */
export function readCommonHead(head: string): CommonHead | undefined {
  const lines = head.split("\r\n");
  const path = requestLine.exec(lines[0] ?? "")?.[1];
  if (path === undefined || lines.length - 1 > maxFields) return undefined;
  const headers = Object.create(null) as IncomingHttpHeaders;
  for (let at = 1; at < lines.length; at++) {
    const [, given, value] = fieldLine.exec(lines[at] ?? "") ?? [];
    const name = given?.toLowerCase();
    if (name === undefined || uncommon.has(name) || headers[name] !== undefined) return undefined;
    headers[name] = value;
  }
  const { host, connection, "content-length": length = "0" } = headers;
  const isKept = connection === undefined || connection.toLowerCase() === "keep-alive";
  if (!host || !isKept || !/^\d{1,15}$/.test(length)) return undefined;
  return { method: "POST", path, headers: Object.freeze(headers), bodyBytes: Number(length) };
}
