import type { ServiceImpl } from "@connectrpc/connect";
import {
  type CreateSessionOptions,
  type SessionChanges,
  type Store,
  storeError,
  type WriteOptions,
} from "@trimtab/core";
import { fromDuration, fromWireContext, fromWireIfExists, fromWireRecord, present, toWireSession } from "@trimtab/wire";
import type { CreateSessionRequest, SessionService, UpdateSessionRequest, WriteContext } from "@trimtab/wire/services";
import { type Calls, required } from "./calls.ts";
import { toPageOptions } from "./page-options.ts";
import { readUpdateMask } from "./update-mask.ts";

/** Serves a store's sessions. */
export function createSessionService(
  store: Store,
  { unary }: Calls,
): Omit<ServiceImpl<typeof SessionService>, "forkSession"> {
  return {
    createSession: unary(async (request) => ({
      session: toWireSession(await store.createSession(toCreateOptions(request))),
    })),
    getSession: unary(async (request) => ({
      session: toWireSession(await store.getSession(required(request.sessionId, "session_id"))),
    })),
    listSessions: unary(async (request) => {
      const page = await store.listSessions(toPageOptions(request, { pattern: request.pattern || undefined }));
      return { sessions: page.items.map(toWireSession), nextPageToken: page.nextPageToken ?? "" };
    }),
    updateSession: unary(async (request) => ({
      session: toWireSession(
        await store.updateSession(
          required(request.sessionId, "session_id"),
          toChanges(request),
          fromWireContext(request.context),
        ),
      ),
    })),
    touchSession: unary(async (request) => ({
      session: toWireSession(await store.touchSession(required(request.sessionId, "session_id"))),
    })),
    deleteSession: unary(async (request) => {
      await store.deleteSession(required(request.sessionId, "session_id"), {
        ...fromWireContext(request.context),
        allowMissing: request.allowMissing,
      });
      return {};
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
    throw storeError("invalid_argument", "ttl is required where update_mask names it", { field: "ttl" });
  }
  return present({
    metadata: mask.has("metadata") ? fromWireRecord(request.metadata, "metadata") : undefined,
    ttlMs: mask.has("ttl") ? request.ttl && fromDuration(request.ttl, "ttl") : undefined,
  });
}
