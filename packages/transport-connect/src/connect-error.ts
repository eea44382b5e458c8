import type { DescMessage } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { type ErrorCode, isStoreError, type StoreError, storeError } from "@trimtab/core";
import { toErrorDetail } from "@trimtab/wire";
import { ErrorDetailSchema } from "@trimtab/wire/services";
import { fitTrailers } from "./fit-trailers.ts";
import { toRequestError } from "./request-field.ts";

/** The status that each code travels as. */
export const connectCodes = {
  invalid_argument: Code.InvalidArgument,
  not_found: Code.NotFound,
  already_exists: Code.AlreadyExists,
  failed_precondition: Code.FailedPrecondition,
  aborted: Code.Aborted,
  out_of_range: Code.OutOfRange,
  permission_denied: Code.PermissionDenied,
  unauthenticated: Code.Unauthenticated,
  resource_exhausted: Code.ResourceExhausted,
  cancelled: Code.Canceled,
  deadline_exceeded: Code.DeadlineExceeded,
  unavailable: Code.Unavailable,
  unimplemented: Code.Unimplemented,
  data_loss: Code.DataLoss,
  internal: Code.Internal,
} as const satisfies Record<ErrorCode, Code>;

/** How an error is put into a {@link ConnectError}. */
export interface ConnectErrorOptions {
  /** Bytes that message and detail may take among gRPC's trailers; what does not fit is shortened. Unlimited unless given. */
  readonly maxTrailerBytes?: number;
  /** What was requested; a field that the error names is then named as who wrote the request knows it. */
  readonly request?: DescMessage;
}

/**
 * Gives the error that goes to a remote caller: the code as a status, the message as it is, and reason, details and
 * items as a detail of type `trimtab.v1.ErrorDetail`. A `ConnectError` is given back as it is. Anything else is a fault
 * of this process: it becomes `internal`, and nothing of it is told but that it happened.
 */
export function toConnectError(error: unknown, options: ConnectErrorOptions = {}): ConnectError {
  if (error instanceof ConnectError) return error;
  const { maxTrailerBytes, request } = options;
  const own = isStoreError(error) ? error : storeError("internal", "the server has failed to answer", {});
  const { error: told, argument } = request === undefined ? { error: own, argument: "" } : toRequestError(own, request);
  const whole = { message: told.message, detail: toErrorDetail(told, argument) };
  const { message, detail } = maxTrailerBytes === undefined ? whole : fitTrailers(whole, maxTrailerBytes);
  return new ConnectError(message, connectCodes[told.code], retryFields(told), [
    { desc: ErrorDetailSchema, value: detail },
  ]);
}

/** Says in the words of HTTP (RFC 9110, section 10.2.3) and of gRPC's retries (proposal A6), too, when to try again. */
function retryFields({ details }: StoreError): Record<string, string> | undefined {
  const { retryAfterMs } = details as { readonly retryAfterMs?: number };
  if (retryAfterMs === undefined) return undefined;
  return { "retry-after": String(Math.ceil(retryAfterMs / 1000)), "grpc-retry-pushback-ms": String(retryAfterMs) };
}
