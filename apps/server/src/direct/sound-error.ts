import { ConnectError } from "@connectrpc/connect";

/**
 * Gives the error with a message that can be sent. What a message quotes of JSON may be no well-formed text, and gRPC's
 * percent-encoding does not know it.
 */
export function soundError(error: ConnectError): ConnectError {
  if (error.rawMessage.isWellFormed()) return error;
  const sound = new ConnectError(error.rawMessage.toWellFormed(), error.code, error.metadata, undefined, error.cause);
  sound.details = error.details;
  return sound;
}
