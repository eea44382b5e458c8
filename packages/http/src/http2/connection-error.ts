import { errorCode } from "./protocol.ts";

/** A fault of the peer after which a connection cannot go on (RFC 9113, section 5.4.1). */
export class ConnectionError extends Error {
  override readonly name = "ConnectionError";
  /** One of the protocol's codes, told to the peer with the message. */
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** Makes the error of a fault; of the protocol in general unless a code is given. */
export const fault = (message: string, code: number = errorCode.protocolError): ConnectionError =>
  new ConnectionError(code, message);
