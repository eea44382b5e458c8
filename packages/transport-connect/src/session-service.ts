import type { ServiceImpl } from "@connectrpc/connect";
import {
  type CreateSessionOptions,
  type SessionChanges,
  type SessionPoint,
  type Store,
  storeError,
  type WriteOptions,
} from "@trimtab/core";
import {
  fromDuration,
  fromTimestamp,
  fromUint64,
  fromWireContext,
  fromWireIfExists,
  fromWireRecord,
  present,
  toWireSession,
} from "@trimtab/wire";
import type {
  CreateSessionRequest,
  ForkSessionRequest,
  SessionService,
  UpdateSessionRequest,
  WriteContext,
} from "@trimtab/wire/services";
import type { Calls } from "./calls.ts";
import { toPageOptions } from "./page-options.ts";
import { pointOrPresent } from "./present-point.ts";
import { sessionOf } from "./request-parts.ts";
import { readUpdateMask } from "./update-mask.ts";

/** Serves a store's sessions. */
export function createSessionService(store: Store, { unary }: Calls): ServiceImpl<typeof SessionService> {
  return {
    createSession: unary(async (request) => ({
      session: toWireSession(await store.createSession(toCreateOptions(request))),
    })),
    getSession: unary(async (request) => ({
      session: toWireSession(await store.getSession(sessionOf(request))),
    })),
    listSessions: unary(async (request) => {
      const page = await store.listSessions(toPageOptions(request, { pattern: request.pattern || undefined }));
      return { sessions: page.items.map(toWireSession), nextPageToken: page.nextPageToken ?? "" };
    }),
    updateSession: unary(async (request) => ({
      session: toWireSession(
        await store.updateSession(sessionOf(request), toChanges(request), fromWireContext(request.context)),
      ),
    })),
    touchSession: unary(async (request) => ({
      session: toWireSession(await store.touchSession(sessionOf(request))),
    })),
    deleteSession: unary(async (request) => {
      await store.deleteSession(sessionOf(request), {
        ...fromWireContext(request.context),
        allowMissing: request.allowMissing,
      });
      return {};
    }),
    forkSession: unary(async (request) => {
      const session = sessionOf(request);
      const at = await pointOrPresent(store, session, toForkPoint(request));
      return { session: toWireSession(await store.forkSession(session, at, toForkOptions(request))) };
    }),
  };
}

const toCreateOptions = (request: CreateSessionRequest): CreateSessionOptions =>
  present({
    ...creatorOf(request.context),
    id: request.sessionId || undefined,
    ttlMs: request.ttl && fromDuration(request.ttl, "ttl"),
    metadata: fromWireRecord(request.metadata, "metadata"),
    ifExists: fromWireIfExists(request.ifExists),
  });

const toForkOptions = (request: ForkSessionRequest): CreateSessionOptions =>
  present({
    ...creatorOf(request.context),
    id: request.newSessionId || undefined,
    ttlMs: request.ttl && fromDuration(request.ttl, "ttl"),
    metadata: request.metadata && fromWireRecord(request.metadata.entries, "metadata"),
    ifExists: fromWireIfExists(request.ifExists),
  });

/** The point to fork at; the present where none is said. */
function toForkPoint({ revision, time, label }: ForkSessionRequest): SessionPoint | undefined {
  const points: SessionPoint[] = [];
  if (revision !== 0n) points.push({ kind: "revision", revision: fromUint64(revision, "revision") });
  if (time !== undefined) points.push({ kind: "time", atMs: fromTimestamp(time, "time") });
  if (label !== "") points.push({ kind: "label", label });
  const [point, another] = points;
  if (another === undefined) return point;
  const message = "a fork starts at a revision, a time or a label, not at several of them";
  throw storeError("invalid_argument", message, { field: another.kind });
}

/** A session's creation carries the session's metadata and has no room for the write's own. */
function creatorOf(context: WriteContext | undefined): WriteOptions {
  const by = fromWireContext(context);
  if (by.metadata === undefined) return by;
  const message = "context.metadata is not supported where a session is created: use metadata";
  throw storeError("unimplemented", message, { feature: "context.metadata" });
}

function toChanges(request: UpdateSessionRequest): SessionChanges {
  const mask = readUpdateMask(request.updateMask, ["metadata", "ttl"]);
  if (mask.has("ttl") && request.ttl === undefined) {
    throw storeError("invalid_argument", "ttl is required where updateMask names it", { field: "ttl" });
  }
  return present({
    metadata: mask.has("metadata") ? fromWireRecord(request.metadata, "metadata") : undefined,
    ttlMs: mask.has("ttl") ? request.ttl && fromDuration(request.ttl, "ttl") : undefined,
  });
}
