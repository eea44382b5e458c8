import { create } from "@bufbuild/protobuf";
import type { WriteOptions, WriteVia } from "@trimtab/core";
import { encodeRecord, encodeText, encodeWhole } from "./caller-data.ts";
import { type WriteContext as WireWriteContext, WriteContextSchema } from "./gen/trimtab/v1/session_pb.ts";
import { fromWireOrigin, toWireOrigin } from "./origin.ts";
import { present } from "./present.ts";
import { fromWireRecord } from "./value.ts";
import { fromUint64 } from "./whole-number.ts";

/**
 * Puts who writes and why on the wire, as a caller gave it; an origin that is not given is `typescript`.
 *
 * @throws StoreError `invalid_argument` naming the part that is ill-formed text or data that no payload can hold
 */
export const toWireContext = ({ actor, origin, metadata, requestId, lease }: WriteOptions): WireWriteContext => ({
  $typeName: "trimtab.v1.WriteContext",
  actor: encodeText(actor ?? "", "actor"),
  origin: toWireOrigin(origin ?? "typescript"),
  metadata: encodeRecord(metadata, "metadata"),
  requestId: encodeText(requestId ?? "", "requestId"),
  optimizationId: lease === undefined ? "" : encodeText(lease.optimization, "lease.optimization"),
  fencingToken: lease === undefined ? 0n : encodeWhole(lease.fencingToken, "lease.fencingToken"),
});

const vias = new WeakMap<WireWriteContext, WriteVia>();

/** Notes the call that a write came by where {@link fromWireContext} finds it, which then gives it with the rest. */
export function noteVia(request: { context?: WireWriteContext | undefined }, via: WriteVia): void {
  request.context ??= create(WriteContextSchema);
  vias.set(request.context, via);
}

/**
 * Reads who writes and why. An origin that is not said, with or without a context, is `other`, and so is one that is not known
 * here: where a write comes from is no reason to refuse it, and runtimes may be added.
 */
export function fromWireContext(context: WireWriteContext | undefined): WriteOptions {
  if (context === undefined) return { origin: "other" };
  const metadata = fromWireRecord(context.metadata, "context.metadata");
  const { optimizationId: optimization } = context;
  const fencingToken = fromUint64(context.fencingToken, "context.fencing_token");
  return present({
    actor: context.actor || undefined,
    origin: fromWireOrigin(context.origin),
    metadata: Object.keys(metadata).length > 0 ? metadata : undefined,
    requestId: context.requestId || undefined,
    via: vias.get(context),
    lease: optimization === "" && fencingToken === 0 ? undefined : { optimization, fencingToken },
  });
}
