import { type CreateSessionOptions, readPattern, type Session, type SessionSnapshot, type Store } from "@trimtab/core";
import { refuseExpectedVersion } from "./expectations.ts";
import { pageAfter } from "./paging.ts";
import { randomId } from "./random-id.ts";
import type { Sessions } from "./sessions.ts";

/** The part of a store that deals with sessions; `ttlMs` is how long those live that are created without saying so. */
export function createSessionOperations(
  sessions: Sessions,
  ttlMs: number | undefined,
): Pick<Store, "createSession" | "getSession" | "listSessions" | "updateSession" | "touchSession" | "deleteSession"> {
  const view = (id: string) => sessions.access(id, () => {}).then(async () => sessions.view(await sessions.live(id)));
  return {
    createSession(options = {}) {
      const lifetime = options.ttlMs ?? ttlMs;
      return startSession(sessions, lifetime === undefined ? options : { ...options, ttlMs: lifetime });
    },
    getSession: view,
    touchSession: view,
    async listSessions({ pattern, ...page } = {}) {
      const matches = readPattern(pattern);
      const fitting = (await sessions.all()).filter(({ summary }) => matches(summary.id));
      const found = pageAfter(fitting, page, ({ summary }) => [summary.createdAtMs, summary.id]);
      return { ...found, items: found.items.map(sessions.view) };
    },
    async updateSession(id, { metadata, ttlMs }, by = {}) {
      const changes = { ...(metadata !== undefined && { metadata }), ...(ttlMs !== undefined && { ttlMs }) };
      await sessions.write(id, [{ kind: "update-session", ...changes }], by);
      return sessions.view(await sessions.live(id));
    },
    async deleteSession(id, { allowMissing, expectedVersion, ...by } = {}) {
      refuseExpectedVersion(expectedVersion, "a session has no version");
      try {
        await sessions.write(id, [{ kind: "delete-session", cause: "session_deleted" }], by);
      } catch (error) {
        if (!(allowMissing && isMissing(error))) throw error;
      }
    },
  };
}

/** Starts a session, empty or with the state that another one had. */
export async function startSession(
  sessions: Sessions,
  options: CreateSessionOptions,
  from?: SessionSnapshot,
): Promise<Session> {
  const { id = randomId(), ttlMs, metadata, ifExists, ...by } = options;
  const command = {
    kind: "create-session",
    epoch: randomEpoch(),
    ...(ttlMs !== undefined && { ttlMs }),
    ...(metadata !== undefined && { metadata }),
    ...(ifExists !== undefined && { ifExists }),
    ...(from !== undefined && { from }),
  } as const;
  await sessions.write(id, [command], by);
  return sessions.view(await sessions.live(id));
}

const isMissing = (error: unknown) =>
  error instanceof Error &&
  "reason" in error &&
  (error.reason === "session_not_found" || error.reason === "session_expired");

/** Enough randomness that two sessions of one id never share an epoch. */
function randomEpoch(): string {
  // Made as it is kept: a part of a longer text would keep that too, for as long as the session is there.
  const [random = 0n] = crypto.getRandomValues(new BigUint64Array(1));
  return random.toString(16).padStart(16, "0");
}
