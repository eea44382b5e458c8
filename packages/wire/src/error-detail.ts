import {
  type ErrorDetails,
  type ErrorReason,
  type Refusal,
  reasonCodes,
  StoreError,
  toPayload,
  type Value,
  type ValueRecord,
} from "@trimtab/core";
import type { ErrorDetail as WireErrorDetail, ItemError as WireItemError } from "./gen/trimtab/v1/error_pb.ts";
import type { Value as WireValue } from "./gen/trimtab/v1/value_pb.ts";
import { fromWireRecord, toWireValue, type WireEntries } from "./value.ts";

/** Details that are counts, and so go out as integers; any other number may be a variable's, and goes out as a float. */
const counts: { readonly [R in ErrorReason]?: readonly (keyof ErrorDetails[R])[] } = {
  invalid_expression: ["line", "column"],
  version_mismatch: ["expected", "actual"],
  revision_mismatch: ["expected", "actual"],
  version_not_found: ["version"],
  lease_lost: ["trial"],
  trial_ended: ["trial"],
  several_objectives: ["objectives"],
  limit_exceeded: ["limit", "value", "retryAfterMs"],
  unavailable: ["retryAfterMs"],
};

/**
 * Puts what a program needs of an error on the wire, beside the status code and the message. `argument` is what the model calls the
 * field that the error names, where requests call it something else.
 */
export const toErrorDetail = (error: StoreError, argument = ""): WireErrorDetail => ({
  $typeName: "trimtab.v1.ErrorDetail",
  reason: error.reason,
  details: toWireDetails(error),
  items: toWireItems(error.items),
  argument,
});

/** Puts the errors of a batch's items on the wire, by the identifier that was sent. */
export const toWireItems = (items: ReadonlyMap<string, StoreError>): { [key: string]: WireItemError } =>
  Object.fromEntries(Array.from(items, ([key, error]) => [key, toWireItem(error)]));

/** Puts the error of one item on the wire. */
export const toWireItem = (error: StoreError): WireItemError => ({
  $typeName: "trimtab.v1.ItemError",
  reason: error.reason,
  message: error.message,
  details: toWireDetails(error),
});

function toWireDetails({ reason, details }: StoreError): WireEntries {
  const countFields: readonly string[] = counts[reason] ?? [];
  const entries: WireEntries = {};
  for (const [field, detail] of Object.entries(details as ValueRecord)) {
    const wire = toWireDetail(detail, countFields.includes(field));
    if (wire !== undefined) entries[field] = wire;
  }
  return entries;
}

/** What cannot be sent is left out: an error about bad data must not fail on that data. */
function toWireDetail(detail: Value | undefined, isCount: boolean): WireValue | undefined {
  if (detail === undefined) return undefined;
  try {
    return toWireValue(toPayload(isCount && Number.isSafeInteger(detail) ? BigInt(detail as number) : detail));
  } catch {
    return undefined;
  }
}

/**
 * Reads an error as it was thrown where the call was decided. The status code of the call is not needed: it follows
 * from the reason. Gives `undefined` for a reason that is not known here, which a newer server may send.
 */
export function fromErrorDetail(
  detail: WireErrorDetail,
  message: string,
  options?: ErrorOptions,
): StoreError | undefined {
  const items = new Map(Object.entries(detail.items).map(([key, item]) => [key, fromItem(item)]));
  const cause = toRefusal(detail, message);
  return cause && new StoreError({ ...inModel(cause, detail.argument), items }, options);
}

/** What a message says after the name of a field where only the model's own name for it says its unit, or that it is in a file. */
export function noteOf(argument: string): string {
  if (argument.endsWith("Ms")) return " (milliseconds)";
  return /^data\b/.test(argument) ? " (the uploaded file)" : "";
}

/** Has a refusal name its field as the model does, where the server says that it does so otherwise. */
function inModel(refusal: Refusal, argument: string): Refusal {
  const { field } = refusal.details as { readonly field?: string };
  if (argument === "" || field === undefined) return refusal;
  const { message } = refusal;
  const said = [field + noteOf(argument), field].find((each) => message.startsWith(each));
  const named = said === undefined ? message : argument + message.slice(said.length);
  return { ...refusal, message: named, details: { ...refusal.details, field: argument } } as Refusal;
}

/** Reads the errors of a batch's items, by the identifier that was sent. */
export const fromWireItems = (items: { readonly [key: string]: WireItemError }): Map<string, StoreError> =>
  new Map(Object.entries(items).map(([key, item]) => [key, fromWireItem(item)]));

/** Reads the error of one item. */
export const fromWireItem = (item: WireItemError): StoreError => new StoreError(fromItem(item));

/** An item's reason that is not known here becomes `internal`; its message still says what was wrong. */
const fromItem = (item: WireItemError): Refusal =>
  toRefusal(item, item.message) ?? { reason: "internal", message: item.message, details: {} };

function toRefusal({ reason, details }: Pick<WireErrorDetail, "reason" | "details">, message: string) {
  if (!Object.hasOwn(reasonCodes, reason)) return undefined;
  return { reason, message, details: fromWireRecord(details, "details") } as Refusal;
}
