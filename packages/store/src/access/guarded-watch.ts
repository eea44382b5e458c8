import {
  accessDenied,
  type ChangesEvent,
  findVariable,
  fromPayload,
  isSensitive,
  judgeAccess,
  type Permission,
  type SessionState,
  StoreError,
  type Variable,
  type VariableChange,
  type WatchEvent,
  type WatchOptions,
  withoutPermissions,
} from "@trimtab/core";
import type { Sessions } from "../sessions.ts";
import { type ChangeFilter, createChangeFilter } from "../watch-filter.ts";
import type { WatchOperation } from "../watch-operation.ts";
import type { SessionWatchOptions } from "../watch-session.ts";
import { formatToken, parseToken } from "../watch-token.ts";
import type { Viewer } from "./guarded-sessions.ts";
import { withoutValue } from "./guarded-variables.ts";

/** A watch of another session's variables, by what they are called there. */
export interface GuardedWatch {
  readonly owner: string;
  readonly refs: readonly string[];
  readonly options: WatchOptions;
}

/**
 * Watches variables of another session as far as a caller may observe them at the moment that something is told. What it
 * may not see becomes a bookmark, so that nothing is skipped unsaid; where the access rules have changed, or what was
 * hidden is shown again, a `reset` tells what can be seen from then on.
 */
export async function* watchGuarded(
  { sessions, watching, viewer }: { sessions: Sessions; watching: WatchOperation; viewer: Viewer },
  { owner, refs, options }: GuardedWatch,
): AsyncGenerator<WatchEvent> {
  let { runtime } = await sessions.live(owner);
  let isPinned = false;
  const filter = createChangeFilter(options, sessions.means.compile);
  const shows = { filter, oldValues: options.oldValues ?? false };
  const view = createView({ state: () => runtime.state, now: () => sessions.now(), viewer, ...shows });
  for (const ref of refs) {
    const variable = findVariable(runtime.state, ref);
    if (variable === undefined || !view.may(variable, "observe")) {
      throw new StoreError(accessDenied(`${owner}/${ref}`, viewer.caller, "observe"));
    }
  }
  view.show(selected(runtime.state, refs));
  let rules = runtime.state.accessRevision;
  const missed = options.after !== undefined && parseToken(options.after).revision < rules;
  let toldThrough = 0;
  for await (const event of watching.watch(owner, { refs }, wantedOf(options, missed))) {
    if (!isPinned) {
      // Before there was a watch on it the session could leave memory, and come back as another object.
      ({ runtime } = await sessions.live(owner).catch(() => ({ runtime })));
      isPinned = true;
    }
    if (event.kind === "ended") yield event;
    else if (event.kind === "snapshot" || event.kind === "reset") {
      toldThrough = event.revision;
      rules = Math.max(rules, Math.min(runtime.state.accessRevision, event.revision));
      const shown = { ...event, variables: view.show(event.variables) };
      yield missed && shown.kind === "snapshot" ? { ...shown, kind: "reset", cause: "access_changed" } : shown;
    } else if (runtime.state.accessRevision > rules || (event.kind === "changes" && view.comesBack(event))) {
      rules = runtime.state.accessRevision;
      toldThrough = runtime.state.revision;
      yield startOver(runtime.state, view.show(selected(runtime.state, refs)));
    } else if (event.revision > toldThrough) {
      yield event.kind === "changes" ? view.showChanges(event) : event;
    }
  }
}

/**
 * What is asked of the watch below. A filter sees no more than its caller does, or what it lets through would tell of what
 * is kept back; so it is held against what is shown.
 */
function wantedOf(options: WatchOptions, missed: boolean): SessionWatchOptions {
  const { after, filter: _, distinct: __, ...rest } = options;
  const asked = { ...rest, oldValues: true, followsAccess: true };
  if (missed) return { ...asked, initialValues: true };
  return after === undefined ? asked : { ...asked, after };
}

const selected = (state: SessionState, refs: readonly string[]): Variable[] =>
  refs.map((ref) => findVariable(state, ref)).filter((variable) => variable !== undefined);

const startOver = ({ epoch, revision, atMs }: SessionState, variables: readonly Variable[]): WatchEvent => ({
  kind: "reset",
  cause: "access_changed",
  revision,
  token: formatToken({ epoch, revision, atMs }),
  variables,
});

interface ViewParts {
  readonly state: () => SessionState;
  readonly now: () => number;
  readonly viewer: Viewer;
  readonly filter: ChangeFilter | undefined;
  readonly oldValues: boolean;
}

/** What a caller sees of the variables that it watches. */
function createView({ state, now, viewer, filter, oldValues }: ViewParts) {
  /** Ids of what the caller was shown and has been told everything of since. */
  const seen = new Set<string>();

  const judging = () => ({ caller: viewer.caller, control: viewer.control, atMs: now() });

  const may = (variable: Variable, permission: Permission): boolean =>
    judgeAccess(state(), variable, { ...judging(), permission }).allowed;

  const isKeptBack = (variable: Variable) => isSensitive(state(), variable) && !may(variable, "read");

  /** What is gone was there for those for whom it was there before. */
  const shows = ({ id, kind }: VariableChange): boolean => {
    const variable = state().variables.get(id);
    if (variable === undefined) return kind === "deleted" && seen.has(id);
    return may(variable, "observe");
  };

  return {
    may,
    show(variables: readonly Variable[]): readonly Variable[] {
      seen.clear();
      const shown = variables.filter((variable) => may(variable, "observe"));
      for (const { id } of shown) seen.add(id);
      return shown.map((variable) => withoutPermissions(isKeptBack(variable) ? withoutValue(variable) : variable));
    },
    /** Whether the event shows a variable of which something was kept back before. */
    comesBack: ({ changes }: ChangesEvent): boolean =>
      changes.some((each) => each.kind !== "registered" && !seen.has(each.id) && shows(each)),
    showChanges(event: ChangesEvent): WatchEvent {
      const shown: VariableChange[] = [];
      for (const change of event.changes) {
        if (!shows(change)) {
          seen.delete(change.id);
          continue;
        }
        seen.add(change.id);
        const told = showChange(change);
        if (filter === undefined || filter(told)) shown.push(oldValues ? told : withoutOld(told));
      }
      const { revision, token } = event;
      return shown.length > 0 ? { ...event, changes: shown } : { kind: "bookmark", revision, token };
    },
  };

  function showChange(change: VariableChange): VariableChange {
    const { causedBy, variable, ...rest } = change;
    const present = state().variables.get(change.id);
    const causes = causedBy?.filter((id) => {
      const cause = state().variables.get(id);
      return cause !== undefined && may(cause, "observe");
    });
    // Where it is gone nobody can say any more who may know what it was last.
    const bare = present === undefined || isKeptBack(present);
    return {
      ...(bare ? withoutValues(rest) : rest),
      ...(variable !== undefined && { variable: withoutPermissions(bare ? withoutValue(variable) : variable) }),
      ...(causes !== undefined && causes.length > 0 && { causedBy: causes }),
    };
  }
}

const nothing = { kind: "null" } as const;

function withoutValues(change: VariableChange): VariableChange {
  const { unchanged: _, ...rest } = withoutOld(change);
  return { ...rest, payload: nothing, value: fromPayload(nothing), metadata: {} };
}

function withoutOld(change: VariableChange): VariableChange {
  const { oldValue: _, oldPayload: __, ...rest } = change;
  return rest;
}
