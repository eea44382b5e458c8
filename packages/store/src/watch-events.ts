import type { ChangesEvent, Commit, Permissions, SessionState, VariableChange } from "@trimtab/core";
import type { ChangeFilter } from "./watch-filter.ts";
import { sharedChangesOf, type Watcher } from "./watch-hub.ts";
import { formatToken } from "./watch-token.ts";

/** How one watch wants its changes. */
export interface ChangeView {
  readonly selects: Watcher["selects"];
  readonly oldValues: boolean;
  /** Which of the selected changes are told, where not all are. */
  readonly filter?: ChangeFilter | undefined;
  /** Tell of access rules for the whole session, too. */
  readonly sessionPermissions?: boolean | undefined;
}

// Events are shared by all watches that see the same, so that whatever is derived from one (its encoding, first of
// all) is derived once.
const wholeEvents = new WeakMap<Commit, ChangesEvent>();
const wholeEventsWithOld = new WeakMap<Commit, ChangesEvent>();
const withoutOld = new WeakMap<VariableChange, VariableChange>();

/** The event that a watch gets for a commit, if it gets any. */
export function eventOf(commit: Commit, epoch: string, view: ChangeView): ChangesEvent | undefined {
  const changes = sharedChangesOf(commit);
  const sessionPermissions = view.sessionPermissions === true ? sessionPermissionsOf(commit) : undefined;
  const selected = selectedOf(changes, view);
  if (sessionPermissions !== undefined) return { ...buildEvent(commit, epoch, selected, view), sessionPermissions };
  if (selected.length === 0) return undefined;
  if (selected.length < changes.length) return buildEvent(commit, epoch, selected, view);
  const cache = view.oldValues ? wholeEventsWithOld : wholeEvents;
  let event = cache.get(commit);
  if (event === undefined) {
    event = buildEvent(commit, epoch, selected, view);
    cache.set(commit, event);
  }
  return event;
}

/** The changes that a watch is told of; the very same list where it is told of all, as most are. */
function selectedOf(changes: readonly VariableChange[], view: ChangeView): readonly VariableChange[] {
  for (const change of changes) if (!tells(view, change)) return changes.filter((each) => tells(view, each));
  return changes;
}

const tells = ({ selects, filter }: ChangeView, change: VariableChange): boolean =>
  selects(change) && (filter === undefined || filter(change));

function sessionPermissionsOf({ events, revision, atMs, actor }: Commit): Permissions | undefined {
  const set = events.findLast((event) => event.kind === "session-permissions-set");
  return set && { rules: set.rules, revision, updatedAtMs: atMs, updatedBy: actor };
}

function buildEvent(commit: Commit, epoch: string, changes: readonly VariableChange[], view: ChangeView): ChangesEvent {
  return {
    kind: "changes",
    revision: commit.revision,
    token: formatToken({ epoch, revision: commit.revision, atMs: commit.atMs }),
    atMs: commit.atMs,
    actor: commit.actor,
    origin: commit.origin,
    coalesced: false,
    changes: view.oldValues ? changes : changes.map(stripOld),
  };
}

function stripOld(change: VariableChange): VariableChange {
  if (change.oldValue === undefined) return change;
  let stripped = withoutOld.get(change);
  if (stripped === undefined) {
    const { oldValue: _, oldPayload: __, ...rest } = change;
    stripped = rest;
    withoutOld.set(change, stripped);
  }
  return stripped;
}

/**
 * Merges events that lead up to the present state into one: each variable once, with its latest change and the value
 * it had before the first. What came and went in between is left out.
 */
export function coalesce(events: readonly ChangesEvent[], state: SessionState): ChangesEvent | undefined {
  const last = events.at(-1);
  if (last === undefined || events.length === 1) return last;
  const runs = new Map<string, VariableChange[]>();
  for (const event of events) {
    for (const change of event.changes) {
      const run = runs.get(change.id);
      if (run === undefined) runs.set(change.id, [change]);
      else run.push(change);
    }
  }
  const changes = Array.from(runs.values(), (run) => mergeRun(run, state)).filter((change) => change !== undefined);
  const sessionPermissions = events.findLast((event) => event.sessionPermissions !== undefined)?.sessionPermissions;
  return { ...last, coalesced: true, changes, ...(sessionPermissions !== undefined && { sessionPermissions }) };
}

function mergeRun(run: readonly VariableChange[], state: SessionState): VariableChange | undefined {
  const [first] = run;
  const last = run.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const before = valueBefore(run);
  if (last.kind === "deleted") return first.kind === "registered" ? undefined : { ...stripOld(last), ...before };
  // A notice has no value, so that what has one is told instead.
  const { unchanged, ...latest } = stripOld(run.findLast(({ kind }) => kind !== "dependency-changed") ?? last);
  const same = unchanged === true && run.every((change) => change.unchanged === true || !isWrite(change));
  const merged = { ...latest, ...before, ...(same && { unchanged }) };
  const fuller = first.kind === "registered" ? first : run.findLast((change) => change.kind === "changed");
  const variable = state.variables.get(last.id);
  if (fuller === undefined || variable === undefined) return merged;
  return { ...merged, kind: fuller.kind, variable };
}

const isWrite = ({ kind }: VariableChange): boolean => kind === "registered" || kind === "updated";

/** The value before a run, where its first write tells it: what is no write leaves it. */
function valueBefore(run: readonly VariableChange[]): Pick<VariableChange, "oldValue" | "oldPayload"> {
  const { oldValue, oldPayload } = run.find(isWrite) ?? {};
  return oldValue === undefined || oldPayload === undefined ? {} : { oldValue, oldPayload };
}
