import type { Client } from "@connectrpc/connect";
import {
  type CreateSessionOptions,
  checkName,
  defaultLimits,
  type SessionChanges,
  type SessionPoint,
  type Store,
  unknownLabel,
  unknownRevision,
} from "@trimtab/core";
import {
  encodeFlag,
  encodeRecord,
  encodeText,
  fromWireSession,
  toDuration,
  toWireIfExists,
  toWirePoint,
} from "@trimtab/wire";
import type { SessionService } from "@trimtab/wire/services";
import { checkedTtlMs, encodeFilter, encodePage, refuseExpectedVersion, refuseIf } from "./arguments.ts";
import type { Caller } from "./caller.ts";

type SessionCalls = Pick<
  Store,
  "createSession" | "getSession" | "listSessions" | "updateSession" | "touchSession" | "deleteSession" | "forkSession"
>;

/** The part of a store that deals with sessions, over a transport. */
export const createSessionCalls = (client: Client<typeof SessionService>, { call, context }: Caller): SessionCalls => ({
  createSession: (options = {}) =>
    call(
      (to) => client.createSession({ ...encodeCreation(options), context: context(withoutMetadata(options)) }, to),
      (answer) => fromWireSession(answer.session),
    ),
  getSession: (session) =>
    call(
      (to) => client.getSession({ sessionId: encodeText(session, "session") }, to),
      (answer) => fromWireSession(answer.session),
    ),
  listSessions: (options = {}) =>
    call(
      (to) => client.listSessions({ ...encodePage(options), pattern: encodeFilter(options.pattern, "pattern") }, to),
      ({ sessions, nextPageToken }) => ({
        items: sessions.map((session, index) => fromWireSession(session, `sessions[${index}]`)),
        ...(nextPageToken && { nextPageToken }),
      }),
    ),
  updateSession: (session, changes, options) =>
    call(
      (to) =>
        client.updateSession(
          { sessionId: encodeText(session, "session"), ...encodeChanges(changes), context: context(options) },
          to,
        ),
      (answer) => fromWireSession(answer.session),
    ),
  touchSession: (session) =>
    call(
      (to) => client.touchSession({ sessionId: encodeText(session, "session") }, to),
      (answer) => fromWireSession(answer.session),
    ),
  deleteSession: (session, options = {}) =>
    call(
      (to) => {
        refuseExpectedVersion(options, "a session has no version");
        const allowMissing = encodeFlag(options.allowMissing, "allowMissing");
        return client.deleteSession(
          { sessionId: encodeText(session, "session"), allowMissing, context: context(options) },
          to,
        );
      },
      () => undefined,
    ),
  forkSession: (session, at, options = {}) =>
    call(
      (to) => {
        const what = { sessionId: encodeText(session, "session"), ...encodeFork(at, options) };
        return client.forkSession({ ...what, context: context(withoutMetadata(options)) }, to);
      },
      (answer) => fromWireSession(answer.session),
    ),
});

/** The metadata of a creation is the session's, not the write's. */
const withoutMetadata = ({ metadata: _, ...options }: CreateSessionOptions) => options;

function encodeCreation({ id, ttlMs, metadata, ifExists }: CreateSessionOptions) {
  // In a request, an empty id would ask for a random one.
  if (id === "") refuseIf(checkName(id, "session", defaultLimits.nameLength));
  return {
    sessionId: encodeText(id ?? "", "session"),
    metadata: encodeRecord(metadata, "metadata"),
    ifExists: toWireIfExists(ifExists),
    ...(ttlMs !== undefined && { ttl: toDuration(checkedTtlMs(ttlMs)) }),
  };
}

function encodeFork(at: SessionPoint, options: CreateSessionOptions) {
  const { sessionId: newSessionId, metadata, ...rest } = encodeCreation(options);
  const { kind } = toWirePoint(at);
  // In a request, a revision of 0 and an empty label would mean the present.
  if (kind.case === "revision" && kind.value === 0n) refuseIf(unknownRevision("0"));
  if (kind.case === "label" && kind.value === "") refuseIf(unknownLabel(""));
  return {
    newSessionId,
    ...rest,
    ...(options.metadata !== undefined && { metadata: { entries: metadata } }),
    ...(kind.case === "revision" && { revision: kind.value }),
    ...(kind.case === "time" && { time: kind.value }),
    ...(kind.case === "label" && { label: kind.value }),
  };
}

function encodeChanges({ metadata, ttlMs }: SessionChanges) {
  const paths = [...(metadata === undefined ? [] : ["metadata"]), ...(ttlMs === undefined ? [] : ["ttl"])];
  return {
    metadata: encodeRecord(metadata, "metadata"),
    updateMask: { paths },
    ...(ttlMs !== undefined && { ttl: toDuration(checkedTtlMs(ttlMs)) }),
  };
}
