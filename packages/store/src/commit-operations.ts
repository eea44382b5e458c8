import {
  type Commit,
  type CommitSummary,
  changesOf,
  checkTimeRange,
  findVariable,
  isStoreError,
  type ListCommitsOptions,
  type Page,
  type SessionState,
  type Store,
  StoreError,
  storeError,
  type VariableChange,
} from "@trimtab/core";
import { readBackwards } from "@trimtab/log";
import { checkPageSize, defaultPageSize } from "./paging.ts";
import type { SessionRuntime } from "./session-runtime.ts";
import type { Sessions } from "./sessions.ts";
import { unlessDamaged } from "./unless-damaged.ts";

/** Commits looked at for one page at most, so that a filter which matches nothing ends. */
const scanned = 10_000;
const chunk = 500;

/** The part of a store that lists commits. */
export function createCommitOperations(sessions: Sessions): Pick<Store, "listCommits"> {
  return {
    listCommits: (session, options = {}) =>
      sessions.access(session, async ({ runtime }) => {
        const wrong = checkTimeRange(options);
        if (wrong !== undefined) throw new StoreError(wrong);
        const { pageSize = defaultPageSize } = options;
        checkPageSize(pageSize);
        const through = options.pageToken === undefined ? runtime.state.revision : parseToken(options.pageToken);
        return listBackwards(runtime, { ...options, pageSize, through });
      }),
  };
}

function parseToken(token: string): number {
  const revision = Number(token);
  if (/^\d{1,16}$/.test(token) && Number.isSafeInteger(revision)) return revision;
  throw storeError("invalid_argument", "pageToken is not one that a listing has given out", { field: "pageToken" });
}

async function listBackwards(
  { state, log }: SessionRuntime,
  options: ListCommitsOptions & { pageSize: number; through: number },
): Promise<Page<CommitSummary>> {
  const { pageSize } = options;
  const fits = createFilter(state, options);
  const labels = labelsByRevision(state);
  const items: CommitSummary[] = [];
  let through = Math.min(options.through, state.revision);
  const page = () => (through > 0 ? { items, nextPageToken: String(through) } : { items });
  const stop = through - scanned;
  try {
    for await (const { entries } of readBackwards(log, state.id, through, { begin: Math.min(pageSize, chunk) })) {
      for (const commit of entries.toReversed()) {
        // What came before this session began is of an earlier one of the same id, wherever the page goes on.
        if (commit.atMs < state.createdAtMs) return { items };
        through = commit.revision - 1;
        if (fits(commit)) items.push(summaryOf(commit, labels, options));
        if (items.length === pageSize) return page();
      }
      if (through <= stop) return page();
    }
  } catch (error) {
    unlessDamaged(error);
    // What can be read is given first; the next page is where it cannot.
    if (items.length === 0) throw notReadable(state.id, through, error);
    return page();
  }
  // Where some are gone, the oldest that is kept was the last.
  return { items };
}

function notReadable(session: string, revision: number, cause: unknown): unknown {
  if (!isStoreError(cause, "data_loss")) return cause;
  const older = revision > 1 ? `; pageToken "${revision - 1}" lists those before it` : "";
  return storeError(
    "data_loss",
    `commit ${revision}: ${cause.message}${older}`,
    { ...cause.details, session },
    { cause },
  );
}

function createFilter(state: SessionState, { variable, actor, sinceMs, untilMs }: ListCommitsOptions) {
  const id = variable === undefined ? undefined : (findVariable(state, variable)?.id ?? variable);
  return (commit: Commit): boolean =>
    (actor === undefined || commit.actor === actor) &&
    (sinceMs === undefined || commit.atMs >= sinceMs) &&
    (untilMs === undefined || commit.atMs < untilMs) &&
    (id === undefined || changesOf(commit).some((change) => change.id === id || change.name === id));
}

function labelsByRevision(state: SessionState): ReadonlyMap<number, string[]> {
  const labels = new Map<number, string[]>();
  for (const { name, revision } of state.labels.values()) {
    const names = labels.get(revision);
    if (names === undefined) labels.set(revision, [name]);
    else names.push(name);
  }
  return labels;
}

function summaryOf(
  commit: Commit,
  labels: ReadonlyMap<number, string[]>,
  { includeValues = false }: ListCommitsOptions,
): CommitSummary {
  const { revision, atMs, actor, origin, metadata, requestId } = commit;
  const changes = changesOf(commit);
  return {
    revision,
    atMs,
    actor,
    origin,
    metadata,
    events: commit.events.map(({ kind }) => kind),
    changes: includeValues ? changes : changes.map(withoutValue),
    ...(requestId !== undefined && { requestId }),
    labels: labels.get(revision) ?? [],
  };
}

function withoutValue({ oldValue: _, oldPayload: __, variable: ___, ...change }: VariableChange): VariableChange {
  return { ...change, value: null, payload: { kind: "null" } };
}
