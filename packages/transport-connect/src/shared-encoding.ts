import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { encodeMessage } from "@trimtab/wire/binary";
import {
  type WatchChanges,
  WatchChangesSchema,
  type WatchVariablesResponse,
  WatchVariablesResponseSchema,
} from "@trimtab/wire/services";

const encoded = new WeakMap<WatchVariablesResponse, WatchVariablesResponse>();

/**
 * Gives a message of changes that encodes to the same bytes, with the changes encoded already: they are worked out once
 * for all the watches that are sent this message. Only for binary streams, since JSON would not show them.
 */
export function encodedOnce(message: WatchVariablesResponse): WatchVariablesResponse {
  if (message.event.case !== "changes") return message;
  let ready = encoded.get(message);
  if (ready === undefined) {
    ready = withEncodedChanges(message, message.event.value);
    encoded.set(message, ready);
  }
  return ready;
}

/** Protobuf writes fields that it does not know as the bytes that they came in, which these are put in as. */
function withEncodedChanges(message: WatchVariablesResponse, changes: WatchChanges): WatchVariablesResponse {
  const data = new BinaryWriter().bytes(encodeMessage(WatchChangesSchema, changes)).finish();
  const { number } = WatchVariablesResponseSchema.field.changes;
  return {
    ...message,
    event: { case: undefined },
    $unknown: [{ no: number, wireType: WireType.LengthDelimited, data }],
  };
}
