import { create, toBinary } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { type ErrorCode, isStoreError, type StoreError, storeError } from "@trimtab/core";
import { toErrorDetail } from "@trimtab/wire";
import { type ErrorDetail, ErrorDetailSchema, ValueSchema } from "@trimtab/wire/services";

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
  /** Bytes that the detail may take; what does not fit is left out, items first. Unlimited unless given. */
  readonly maxDetailBytes?: number;
}

/**
 * Gives the error that goes to a remote caller: the code as a status, the message as it is, and reason, details and
 * items as a detail of type `trimtab.v1.ErrorDetail`. A `ConnectError` is given back as it is. Anything else is a fault
 * of this process: it becomes `internal`, and nothing of it is told but that it happened.
 */
export function toConnectError(error: unknown, { maxDetailBytes }: ConnectErrorOptions = {}): ConnectError {
  if (error instanceof ConnectError) return error;
  const told = isStoreError(error) ? error : storeError("internal", "the server has failed to answer", {});
  return new ConnectError(told.message, connectCodes[told.code], retryFields(told), [
    { desc: ErrorDetailSchema, value: detailWithin(told, maxDetailBytes) },
  ]);
}

/** Says in the words of HTTP (RFC 9110, section 10.2.3) and of gRPC's retries (proposal A6), too, when to try again. */
function retryFields({ details }: StoreError): Record<string, string> | undefined {
  const { retryAfterMs } = details as { readonly retryAfterMs?: number };
  if (retryAfterMs === undefined) return undefined;
  return { "retry-after": String(Math.ceil(retryAfterMs / 1000)), "grpc-retry-pushback-ms": String(retryAfterMs) };
}

function detailWithin(error: StoreError, maxBytes = Number.POSITIVE_INFINITY): ErrorDetail {
  const detail = toErrorDetail(error);
  if (maxBytes === Number.POSITIVE_INFINITY || sizeOf(detail) <= maxBytes) return detail;
  const core = shortenLists({ ...detail, items: {} }, maxBytes);
  let left = maxBytes - sizeOf(core);
  const kept = Object.entries(detail.items).filter(([key, item]) => {
    left -= sizeOf(create(ErrorDetailSchema, { items: { [key]: item } }));
    return left >= 0;
  });
  return { ...core, items: Object.fromEntries(kept) };
}

/** Halves the longest list among the details until the whole fits. */
function shortenLists(detail: ErrorDetail, maxBytes: number): ErrorDetail {
  let shortened = detail;
  while (sizeOf(shortened) > maxBytes) {
    const [longest] = Object.entries(shortened.details)
      .flatMap(([field, { kind }]) => (kind.case === "list" ? [{ field, items: kind.value.items }] : []))
      .sort((a, b) => b.items.length - a.items.length);
    if (longest === undefined || longest.items.length === 0) return shortened;
    const items = longest.items.slice(0, Math.floor(longest.items.length / 2));
    const value = create(ValueSchema, { kind: { case: "list", value: { items } } });
    shortened = { ...shortened, details: { ...shortened.details, [longest.field]: value } };
  }
  return shortened;
}

const sizeOf = (detail: ErrorDetail) => toBinary(ErrorDetailSchema, detail).byteLength;
