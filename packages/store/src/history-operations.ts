import {
  checkTimeRange,
  fromPayload,
  type ListHistoryOptions,
  type Payload,
  payloadEquals,
  readPattern,
  type SessionEvent,
  type SessionPoint,
  type SessionState,
  type Store,
  StoreError,
  type Variable,
  type VariableDifference,
  type VariableVersion,
  versionNotFound,
} from "@trimtab/core";
import { attributed } from "./attributed.ts";
import { commitAt } from "./commit-at.ts";
import { pageAfter } from "./paging.ts";
import { checkedWhole, revisionOf, stateAt } from "./past-states.ts";
import type { SessionRuntime } from "./session-runtime.ts";
import type { Sessions } from "./sessions.ts";
import { byBirth } from "./variable-listing.ts";
import { requireVariable } from "./variable-operations.ts";

/** The part of a store that reads the past of variables and sessions. */
export function createHistoryOperations(
  sessions: Sessions,
): Pick<Store, "listVariableHistory" | "getVariableAt" | "getSessionAt" | "diffRevisions"> {
  const past = async (runtime: SessionRuntime, point: SessionPoint) => {
    const revision = await revisionOf(runtime, point);
    return stateAt(runtime, sessions.snapshots, revision);
  };
  return {
    listVariableHistory: (session, ref, options = {}) =>
      sessions.access(session, async ({ runtime }) => {
        const wrong = checkTimeRange(options);
        if (wrong !== undefined) throw new StoreError(wrong);
        const { id } = requireVariable(runtime.state, ref);
        const { revision } = runtime.state;
        const versions = attributed(runtime.state, id, runtime.history.versionsOf(id));
        const fitting = versions.filter(createVersionFilter(options, runtime.state)).reverse();
        const skipped = options.pageToken === undefined ? fitting.slice(checkOffset(options.offset)) : fitting;
        const page = pageAfter(skipped, options, ({ version }) => [-version]);
        const items = await Promise.all(page.items.map((version) => completed(runtime, id, version)));
        return { ...page, items: options.includeMetadata === false ? items.map(withoutMetadata) : items, revision };
      }),
    getVariableAt: (session, ref, at) =>
      sessions.access(session, async ({ runtime }) => {
        if (at?.kind !== "version") return requireVariable(await past(runtime, at), ref);
        const variable = requireVariable(runtime.state, ref);
        if (at.version === variable.version) return variable;
        const version = requireVersion(runtime, variable, at.version);
        const then = await stateAt(runtime, sessions.snapshots, version.revision).catch(
          rethrowAs(variable, at.version),
        );
        const found = requireVariable(then, variable.id);
        return found.version === at.version ? found : before(found, await completed(runtime, variable.id, version));
      }),
    getSessionAt: (session, at, { pattern, ...page } = {}) =>
      sessions.access(session, async ({ runtime }) => {
        const state = await past(runtime, at);
        const { revision, atMs } = state;
        const variables = matching(state, pattern);
        const found = pageAfter(variables, page, byBirth);
        return { ...found, revision, atMs };
      }),
    diffRevisions: (session, { before, after }, { pattern, ...page } = {}) =>
      sessions.access(session, async ({ runtime }) => {
        const one = await past(runtime, before);
        const ofOne = { revision: one.revision, variables: matching(one, pattern) };
        const other = after === undefined ? runtime.state : await past(runtime, after);
        const differences = differencesOf(ofOne.variables, matching(other, pattern));
        const found = pageAfter(differences, page, (each) => [nameOf(each), idOf(each)]);
        return { ...found, beforeRevision: ofOne.revision, afterRevision: other.revision };
      }),
  };
}

function matching(state: SessionState, pattern: string | undefined): Variable[] {
  const matches = readPattern(pattern);
  return [...state.variables.values()].filter(({ name }) => matches(name));
}

function createVersionFilter(options: ListHistoryOptions, { optimizations }: SessionState) {
  const { sinceMs, untilMs, optimizer, optimization: wanted } = options;
  const isBy = (name: string, { metadata, optimization = "" }: VariableVersion) =>
    metadata["optimizer_id"] === name || optimizations.get(optimization)?.optimizer === name;
  return (version: VariableVersion): boolean =>
    (sinceMs === undefined || version.updatedAtMs >= sinceMs) &&
    (untilMs === undefined || version.updatedAtMs < untilMs) &&
    (wanted === undefined || version.optimization === wanted) &&
    (optimizer === undefined || isBy(optimizer, version));
}

const checkOffset = (offset = 0): number => checkedWhole(offset, "offset");

const withoutMetadata = (version: VariableVersion): VariableVersion => ({ ...version, metadata: {} });

/** A version that is kept; the present one always is. */
export function requireVersion(runtime: SessionRuntime, { id, name }: Variable, version: number): VariableVersion {
  const wanted = checkedWhole(version, "version");
  const found = runtime.history.versionsOf(id).find((each) => each.version === wanted);
  if (found === undefined) throw new StoreError(versionNotFound(name, version));
  return found;
}

/** A variable at a version that came with it when it was imported: what surrounds the value is as it came. */
function before({ stale: _, ...imported }: Variable, past: VariableVersion): Variable {
  const { version, payload, updatedAtMs, updatedBy, origin } = past;
  if (payload === undefined) throw new StoreError(versionNotFound(imported.name, version));
  const value = fromPayload(payload);
  return Object.freeze({ ...imported, version, payload, value, updatedAtMs, updatedBy, origin });
}

/** A version with its value, which is read from the log where it is too large to be kept in memory. */
export async function completed(
  runtime: SessionRuntime,
  id: string,
  version: VariableVersion,
): Promise<VariableVersion> {
  if (version.payload !== undefined) return version;
  const commit = await commitAt(runtime, version.revision);
  for (const event of commit?.events ?? []) {
    const payload = payloadIn(event, id);
    if (payload !== undefined) return { ...version, payload, value: fromPayload(payload) };
  }
  return version;
}

/** What an event gives a variable as its value; a fork gives all of them theirs. */
function payloadIn(event: SessionEvent, id: string): Payload | undefined {
  if (event.kind === "session-forked") return event.from.variables.find((variable) => variable.id === id)?.payload;
  const gives = event.kind === "variable-registered" || event.kind === "variable-set";
  return gives && event.id === id ? event.payload : undefined;
}

/** Where a version's revision is no longer kept, it is the version that cannot be found. */
const rethrowAs =
  ({ name }: Variable, version: number) =>
  (error: unknown): never => {
    if (error instanceof StoreError && error.is("not_found")) throw new StoreError(versionNotFound(name, version));
    throw error;
  };

function differencesOf(before: readonly Variable[], after: readonly Variable[]): VariableDifference[] {
  const then = new Map(before.map((variable) => [variable.id, variable]));
  const differences: VariableDifference[] = [];
  for (const variable of after) {
    const earlier = then.get(variable.id);
    then.delete(variable.id);
    if (earlier === undefined) differences.push({ kind: "registered", after: variable });
    else if (!payloadEquals(earlier.payload, variable.payload)) {
      differences.push({ kind: "updated", before: earlier, after: variable });
    } else if (earlier.revision !== variable.revision) {
      differences.push({ kind: "changed", before: earlier, after: variable });
    }
  }
  for (const variable of then.values()) differences.push({ kind: "deleted", before: variable });
  return differences;
}

const nameOf = ({ before, after }: VariableDifference): string => after?.name ?? before?.name ?? "";
const idOf = ({ before, after }: VariableDifference): string => after?.id ?? before?.id ?? "";
