import {
  type Commit,
  type CommitSummary,
  changesOf,
  checkTimeRange,
  findVariable,
  type ListCommitsOptions,
  type SessionState,
  type Store,
  StoreError,
  storeError,
  type VariableChange,
} from "@trimtab/core";
import { checkPageSize, defaultPageSize } from "./paging.ts";
import type { SessionRuntime } from "./session-runtime.ts";
import type { Sessions } from "./sessions.ts";

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
  runtime: SessionRuntime,
  options: ListCommitsOptions & { pageSize: number; through: number },
) {
  const { state } = runtime;
  const fits = createFilter(state, options);
  const labels = labelsByRevision(state);
  const items: CommitSummary[] = [];
  let through = options.through;
  for (let seen = 0; through > 0 && seen < scanned; seen += chunk) {
    const after = Math.max(0, through - chunk);
    const read = await runtime.log.read(state.id, after, through - after);
    // Where some are gone, those that are kept begin right after.
    const kept =
      read.kind === "entries" ? read : await runtime.log.read(state.id, read.through, through - read.through);
    const commits = kept.kind === "entries" && through > after ? kept.entries : [];
    for (const commit of commits.toReversed()) {
      if (commit.revision > through) continue;
      // What came before this session began is of an earlier one of the same id, wherever the page goes on.
      if (commit.atMs < state.createdAtMs) return { items };
      if (fits(commit)) items.push(summaryOf(commit, labels, options));
      through = commit.revision - 1;
      if (items.length === options.pageSize) return through > 0 ? { items, nextPageToken: String(through) } : { items };
    }
    if (read.kind === "trimmed" || commits.length === 0) return { items };
  }
  return through > 0 ? { items, nextPageToken: String(through) } : { items };
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
