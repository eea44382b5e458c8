import type { SessionSummary } from "@trimtab/core";
import { decodeMessage, encodeMessage } from "../binary/message-codec.ts";
import { StoredSummarySchema } from "../gen/trimtab/log/v1/commit_pb.ts";
import { plainBytes } from "../plain-bytes.ts";
import { toWireRecord } from "../plain-value.ts";
import { fromTimestamp, toTimestamp } from "../time.ts";
import { fromWireRecord } from "../value.ts";
import { fromUint64, toUint64 } from "../whole-number.ts";
import { checkFormat, orDataLoss, storedFormat } from "./stored-format.ts";
import { fromStoredStatus, toStoredStatus } from "./stored-session.ts";

/** Puts a session's summary into the bytes that it is stored as. */
export const encodeSummary = (summary: SessionSummary): Uint8Array =>
  encodeMessage(StoredSummarySchema, {
    $typeName: "trimtab.log.v1.StoredSummary",
    format: storedFormat,
    id: summary.id,
    status: toStoredStatus(summary.status),
    epoch: summary.epoch,
    revision: toUint64(summary.revision),
    createdAt: toTimestamp(summary.createdAtMs),
    ttlMs: toUint64(summary.ttlMs),
    metadata: toWireRecord(summary.metadata),
    variableCount: toUint64(summary.variableCount),
    programCount: toUint64(summary.programCount),
    totalVariableUpdates: toUint64(summary.totalVariableUpdates),
    accessRevision: toUint64(summary.accessRevision),
  });

/**
 * Reads a stored summary: exactly the one that was encoded.
 *
 * @throws StoreError `data_loss` for bytes that are no summary, or one of a layout that is newer than this program
 */
export const decodeSummary = (bytes: Uint8Array): SessionSummary =>
  orDataLoss("summary", () => {
    const stored = decodeMessage(StoredSummarySchema, plainBytes(bytes));
    checkFormat(stored.format);
    const { id, epoch } = stored;
    return {
      id,
      status: fromStoredStatus(stored.status, "status"),
      epoch,
      revision: fromUint64(stored.revision, "revision"),
      createdAtMs: fromTimestamp(stored.createdAt, "created_at"),
      ttlMs: fromUint64(stored.ttlMs, "ttl_ms"),
      metadata: fromWireRecord(stored.metadata, "metadata"),
      variableCount: fromUint64(stored.variableCount, "variable_count"),
      programCount: fromUint64(stored.programCount, "program_count"),
      totalVariableUpdates: fromUint64(stored.totalVariableUpdates, "total_variable_updates"),
      accessRevision: fromUint64(stored.accessRevision, "access_revision"),
    };
  });
