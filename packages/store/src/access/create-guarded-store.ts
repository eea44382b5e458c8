import { type AccessControl, type Principal, readPattern, type Store } from "@trimtab/core";
import type { OptimizerRuns } from "../optimizer-runs.ts";
import { pageAfter } from "../paging.ts";
import { randomId } from "../random-id.ts";
import type { Sessions } from "../sessions.ts";
import type { WatchOperation } from "../watch-operation.ts";
import { createAccessQuestions } from "./access-operations.ts";
import { createForeignCalls } from "./foreign-calls.ts";
import { createGuardedDependencies } from "./guarded-dependencies.ts";
import { createGuardedOptimizations } from "./guarded-optimizations.ts";
import { createGuardedPast } from "./guarded-past.ts";
import { createGuardedVariables } from "./guarded-variables.ts";
import { createGuardedWatches } from "./guarded-watches.ts";
import { createOwnCalls } from "./own-calls.ts";
import { createSessionAccess, type SessionAccess } from "./session-access.ts";

/** What a guarded store is made of. */
export interface GuardedStoreParts {
  readonly store: Store;
  readonly sessions: Sessions;
  readonly watching: WatchOperation;
  readonly control: AccessControl;
  readonly runs: OptimizerRuns;
}

/**
 * Makes a store as a principal sees it: it acts as its own sessions, and reaches variables of others as
 * `<session>/<id or name>`, as far as their access rules allow. Everything else is refused with `access_denied`, whether
 * it is there or not.
 *
 * @throws StoreError `invalid_argument` for attributes of the principal that are no plain data
 */
export function createGuardedStore(parts: GuardedStoreParts, principal: Principal): Store {
  const { store, sessions, control } = parts;
  const access = createSessionAccess(sessions, principal, control);
  const calls = createForeignCalls(store, access, parts.runs);
  const { explainAccess, ...questions } = createAccessQuestions(sessions, {
    async callerOf(session) {
      access.act(session);
      return access.callerOf(session);
    },
    mayExplain: access.mayAct,
  });
  return {
    ...createOwnCalls({ ...store, explainAccess }, access),
    ...createSessionCalls(parts, access),
    ...createGuardedVariables(calls),
    ...createGuardedPast(calls),
    ...createGuardedDependencies(calls),
    ...createGuardedOptimizations(calls, parts.sessions),
    ...questions,
    ...createGuardedWatches(parts, access),
  };
}

type SessionCalls = Pick<Store, "createSession" | "listSessions" | "forkSession">;

/** What makes sessions and finds them: among those that the principal may act as. */
const createSessionCalls = ({ store, sessions }: GuardedStoreParts, access: SessionAccess): SessionCalls => ({
  async createSession(options = {}) {
    const { id = randomId() } = options;
    access.act(id);
    return store.createSession({ ...options, id });
  },
  async forkSession(session, at, options = {}) {
    const { id = randomId() } = options;
    access.act(session);
    access.act(id);
    return store.forkSession(session, at, { ...options, id });
  },
  async listSessions({ pattern, ...page } = {}) {
    const matches = readPattern(pattern);
    const own = (await sessions.all()).filter(({ summary: { id } }) => matches(id) && access.mayAct(id));
    const found = pageAfter(own, page, ({ summary }) => [summary.createdAtMs, summary.id]);
    return { ...found, items: found.items.map(sessions.view) };
  },
});
