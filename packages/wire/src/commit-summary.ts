import type { CommitSummary } from "@trimtab/core";
import type { CommitSummary as WireCommitSummary } from "./gen/trimtab/v1/history_pb.ts";
import { fromWireOrigin, toWireOrigin } from "./origin.ts";
import { toWireRecord } from "./plain-value.ts";
import { fromTimestamp, toTimestamp } from "./time.ts";
import { fromWireRecord } from "./value.ts";
import { fromWireChange, toWireChange } from "./variable-change.ts";
import { fromUint64, toUint64 } from "./whole-number.ts";

/** Puts on the wire what one commit did. */
export const toWireCommit = (commit: CommitSummary): WireCommitSummary => ({
  $typeName: "trimtab.v1.CommitSummary",
  revision: toUint64(commit.revision),
  committedAt: toTimestamp(commit.atMs),
  actor: commit.actor,
  origin: toWireOrigin(commit.origin),
  metadata: toWireRecord(commit.metadata),
  events: [...commit.events],
  changes: commit.changes.map(toWireChange),
  requestId: commit.requestId ?? "",
  labels: [...commit.labels],
});

/**
 * Reads what one commit did.
 *
 * @throws StoreError `invalid_argument` naming the part that is absent, out of range or not known here
 */
export const fromWireCommit = (commit: WireCommitSummary, path: string): CommitSummary => ({
  revision: fromUint64(commit.revision, `${path}.revision`),
  atMs: fromTimestamp(commit.committedAt, `${path}.committed_at`),
  actor: commit.actor,
  origin: fromWireOrigin(commit.origin),
  metadata: fromWireRecord(commit.metadata, `${path}.metadata`),
  events: commit.events,
  changes: commit.changes.map((change, index) => fromWireChange(change, `${path}.changes[${index}]`)),
  ...(commit.requestId && { requestId: commit.requestId }),
  labels: commit.labels,
});
