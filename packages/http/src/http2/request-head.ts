import type { IncomingHttpHeaders } from "node:http2";
import { connectionFields } from "./protocol.ts";

/** What is wrong with a request's head. */
export type HeadFault = "malformed" | "too large";

/** Bytes that HTTP/2 counts for each field beside its name and value (RFC 9113, section 6.5.2). */
const fieldOverheadBytes = 32;

const pseudoFields = new Set([":method", ":scheme", ":path", ":authority"]);

/** Names are tokens in small letters (RFC 9110, section 5.6.2; RFC 9113, section 8.2.1). */
const fieldName = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;

/** Methods are tokens (RFC 9110, section 9.1). */
const methodName = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** No value holds these, nor begins or ends with a space or tab (RFC 9113, section 8.2.1). */
const badValue = /[\0\r\n]|^[ \t]|[ \t]$/;

/** Gathers the fields of one block and checks them as RFC 9113, section 8.3 wants it. */
export class RequestHead {
  headers: IncomingHttpHeaders = nothing();
  fault: HeadFault | undefined;
  /** There are fields that only a head has, and no trailers. */
  hasPseudoFields = false;
  readonly #maxBytes: number;
  #bytes = 0;
  #hasPlainFields = false;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Takes a field. After a fault nothing more is kept. */
  readonly add = (name: string, value: string): void => {
    this.#bytes += name.length + value.length + fieldOverheadBytes;
    if (this.fault !== undefined) return;
    if (this.#bytes > this.#maxBytes) this.fault = "too large";
    else if (name.startsWith(":")) this.#addPseudo(name, value);
    else this.#addPlain(name, value);
  };

  /** Says that all fields of a request have come. */
  finish(): void {
    if (this.fault !== undefined) return;
    const { ":method": method, "content-length": length } = this.headers;
    const isSound = method !== undefined && methodName.test(method) && this.#hasTarget(method);
    if (!isSound || (length !== undefined && !/^\d+$/.test(length))) this.fault = "malformed";
  }

  /** Whether the request says what it is about (RFC 9113, sections 8.3.1 and 8.5). */
  #hasTarget(method: string): boolean {
    const { ":path": path, ":scheme": scheme, ":authority": authority } = this.headers;
    if (method === "CONNECT") return path === undefined && scheme === undefined && !!authority;
    return !!scheme && !!path && (path.startsWith("/") || (path === "*" && method === "OPTIONS"));
  }

  #addPseudo(name: string, value: string): void {
    this.hasPseudoFields = true;
    const { headers } = this;
    if (this.#hasPlainFields || !pseudoFields.has(name) || headers[name] !== undefined || badValue.test(value))
      this.fault = "malformed";
    else headers[name] = value;
  }

  #addPlain(name: string, value: string): void {
    this.#hasPlainFields = true;
    const isWrong = !fieldName.test(name) || badValue.test(value) || connectionFields.has(name);
    if (isWrong || (name === "te" && value !== "trailers")) {
      this.fault = "malformed";
      return;
    }
    const { headers } = this;
    const before = headers[name];
    if (before === undefined) headers[name] = value;
    else headers[name] = `${String(before)}${name === "cookie" ? "; " : ", "}${value}`;
  }
}

/** An object that a field named `__proto__` does nothing to. */
const nothing = (): IncomingHttpHeaders => Object.create(null) as IncomingHttpHeaders;
