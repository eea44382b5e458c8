import { Code, ConnectError } from "@connectrpc/connect";
import { isStoreError, type Refusal, refusal, StoreError, storeError } from "@trimtab/core";
import { fromErrorDetail } from "@trimtab/wire";
import { ErrorDetailSchema } from "@trimtab/wire/services";

/**
 * Gives the error that a call failed with: the one that was thrown where the call was decided, the same in code,
 * reason, message, details and items. Failures of what lies between, which carry no detail of ours, become the error
 * that says as much as is known: a connection that broke or could not be made is `unavailable`.
 */
export function fromConnectError(failure: unknown): StoreError {
  if (isStoreError(failure)) return failure;
  const error = ConnectError.from(failure);
  return decidedError(error) ?? new StoreError(foreignRefusal(error), { cause: error });
}

function decidedError(error: ConnectError): StoreError | undefined {
  const [detail] = error.findDetails(ErrorDetailSchema);
  if (detail === undefined) return undefined;
  try {
    return fromErrorDetail(detail, error.rawMessage, { cause: error });
  } catch {
    // A detail that means nothing is none.
    return undefined;
  }
}

/** What is known of a failure that came without a detail, by its status alone. */
function foreignRefusal(error: ConnectError): Refusal {
  const message = error.rawMessage;
  switch (error.code) {
    case Code.Canceled:
      return refusal("cancelled", message || "the call was cancelled", {});
    case Code.DeadlineExceeded:
      return refusal("deadline_exceeded", message || "the call took too long", {});
    case Code.Unavailable:
      return refusal("unavailable", message, {});
    case Code.Unimplemented:
      return refusal("unimplemented", message, { feature: message });
    case Code.Unauthenticated:
      return refusal("unauthenticated", message, {});
    case Code.PermissionDenied:
      return refusal("access_denied", message, { session: "", permission: "" });
    case Code.ResourceExhausted:
      return tooMuch(message);
    default:
      if (message === "HTTP 413") return tooMuch("the request is too large for what lies between (HTTP 413)");
      return error.isWireError ? answeredRefusal(error) : brokenRefusal(error);
  }
}

/** Whoever refused did not say the figures in a form to be read. */
const tooMuch = (message: string): Refusal =>
  refusal("limit_exceeded", message, { field: "request", limit: 0, value: 0 });

/** The server answered with a status that only our own details would tell the meaning of. */
const answeredRefusal = ({ code, rawMessage }: ConnectError): Refusal =>
  code === Code.InvalidArgument
    ? refusal("invalid_argument", rawMessage, { field: "request" })
    : refusal("internal", rawMessage || "the server has failed to answer", {});

/** No whole answer arrived. Without a cause it did arrive, and could not be read. */
const brokenRefusal = ({ code, cause, rawMessage }: ConnectError): Refusal =>
  code === Code.Internal && cause === undefined
    ? refusal("internal", rawMessage, {})
    : refusal("unavailable", rawMessage || "the server cannot be reached", {});

/**
 * As {@link fromConnectError}, for a call that nobody here has cancelled: one that somebody on the way did has broken. A
 * connection of HTTP/2 that is lost counts as such.
 */
export function fromBrokenCall(failure: unknown): StoreError {
  const error = fromConnectError(failure);
  return error.reason === "cancelled" ? storeError("unavailable", error.message, {}, { cause: error }) : error;
}

/** Reads an answer; one that means nothing is the server's fault and not the caller's. */
export function readAnswer<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw storeError("internal", `the server's answer cannot be read: ${problem}`, {}, { cause });
  }
}
