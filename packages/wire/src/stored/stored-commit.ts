import type { AccessGrant, Commit, SessionCheckpoint, VariableVersion, WriteVia } from "@trimtab/core";
import { fromWirePermission, toWirePermission } from "../access-rule.ts";
import { decodeMessage } from "../binary/message-codec.ts";
import { toBinaryOnce, toBinaryPieces } from "../binary-pieces.ts";
import {
  type StoredCheckpoint,
  StoredCheckpointSchema,
  type StoredCommit,
  StoredCommitSchema,
  type StoredGrant,
  type StoredHistory,
  type StoredVia,
} from "../gen/trimtab/log/v1/commit_pb.ts";
import { fromWireOrigin, toWireOrigin } from "../origin.ts";
import { plainBytes } from "../plain-bytes.ts";
import { toWireRecord } from "../plain-value.ts";
import { fromTimestamp, toTimestamp } from "../time.ts";
import { fromWireRecord } from "../value.ts";
import { fromWireVersion, toWireVersion } from "../variable-version.ts";
import { fromUint64, toUint64 } from "../whole-number.ts";
import { fromStoredEvent } from "./from-stored-event.ts";
import { checkFormat, orDataLoss, storedFormat } from "./stored-format.ts";
import { fromStoredSession, toStoredSession } from "./stored-session.ts";
import { toStoredEvent } from "./to-stored-event.ts";

/** Puts a commit into the bytes that it is stored as. */
export const encodeCommit = (commit: Commit): Uint8Array => toBinaryOnce(StoredCommitSchema, toStoredCommit(commit));

/**
 * Puts a commit into the bytes that it is stored as, in parts that belong one after the other. Large bytes in it are parts
 * themselves and shared with it, so that they must not change; without any there is one part.
 */
export const encodeCommitParts = (commit: Commit): readonly Uint8Array[] =>
  toBinaryPieces(StoredCommitSchema, toStoredCommit(commit));

const toStoredCommit = (commit: Commit): StoredCommit => ({
  $typeName: "trimtab.log.v1.StoredCommit",
  format: storedFormat,
  session: commit.session,
  revision: toUint64(commit.revision),
  at: toTimestamp(commit.atMs),
  actor: commit.actor,
  origin: toWireOrigin(commit.origin),
  metadata: toWireRecord(commit.metadata),
  requestId: commit.requestId ?? "",
  ...(commit.via !== undefined && { via: { $typeName: "trimtab.log.v1.StoredVia", ...commit.via } }),
  events: commit.events.map(toStoredEvent),
  grants: (commit.grants ?? []).map(toStoredGrant),
});

/**
 * Reads a stored commit: exactly the one that was encoded.
 *
 * @throws StoreError `data_loss` for bytes that are no commit, or one of a layout that is newer than this program
 */
export const decodeCommit = (bytes: Uint8Array): Commit =>
  orDataLoss("commit", () => {
    const stored = decodeMessage(StoredCommitSchema, plainBytes(bytes));
    checkFormat(stored.format);
    const { session, actor, requestId } = stored;
    return {
      session,
      revision: fromUint64(stored.revision, "revision"),
      atMs: fromTimestamp(stored.at, "at"),
      actor,
      origin: fromWireOrigin(stored.origin),
      metadata: fromWireRecord(stored.metadata, "metadata"),
      ...(requestId !== "" && { requestId }),
      ...(stored.via !== undefined && { via: fromStoredVia(stored.via) }),
      ...(stored.grants.length > 0 && { grants: stored.grants.map(fromStoredGrant) }),
      events: stored.events.map((event, index) => fromStoredEvent(event, `events[${index}]`)),
    };
  });

const fromStoredVia = ({ principal, session, action, address, userAgent, protocol }: StoredVia): WriteVia => ({
  principal,
  session,
  action,
  address,
  userAgent,
  protocol,
});

const toStoredGrant = (grant: AccessGrant): StoredGrant => ({
  $typeName: "trimtab.log.v1.StoredGrant",
  ...grant,
  permission: toWirePermission(grant.permission),
});

const fromStoredGrant = (
  { variable, name, permission, rule, sessionWide }: StoredGrant,
  index: number,
): AccessGrant => ({
  variable,
  name,
  permission: fromWirePermission(permission, `grants[${index}].permission`),
  rule,
  sessionWide,
});

/** Puts a checkpoint into the bytes that it is stored as. */
export const encodeCheckpoint = (checkpoint: SessionCheckpoint): Uint8Array =>
  toBinaryOnce(StoredCheckpointSchema, toStoredCheckpoint(checkpoint));

/** Puts a checkpoint into the bytes that it is stored as, in parts, as {@link encodeCommitParts} does a commit. */
export const encodeCheckpointParts = (checkpoint: SessionCheckpoint): readonly Uint8Array[] =>
  toBinaryPieces(StoredCheckpointSchema, toStoredCheckpoint(checkpoint));

const toStoredCheckpoint = ({ session, history }: SessionCheckpoint): StoredCheckpoint => ({
  $typeName: "trimtab.log.v1.StoredCheckpoint",
  format: storedFormat,
  session: toStoredSession(session),
  histories: Array.from(history, toStoredHistory),
});

const toStoredHistory = ([id, versions]: readonly [string, readonly VariableVersion[]]): StoredHistory => ({
  $typeName: "trimtab.log.v1.StoredHistory",
  id,
  versions: versions.map(toWireVersion),
});

/**
 * Reads a stored checkpoint: exactly the one that was encoded.
 *
 * @throws StoreError `data_loss` for bytes that are no checkpoint, or one of a layout that is newer than this program
 */
export const decodeCheckpoint = (bytes: Uint8Array): SessionCheckpoint =>
  orDataLoss("checkpoint", () => {
    const stored = decodeMessage(StoredCheckpointSchema, plainBytes(bytes));
    checkFormat(stored.format);
    return {
      session: fromStoredSession(stored.session, "session"),
      history: stored.histories.map(({ id, versions }, at) => {
        const read = versions.map((version, index) => fromWireVersion(version, `histories[${at}].versions[${index}]`));
        return [id, read] as const;
      }),
    };
  });
