import {
  type Command,
  type CommandOf,
  noPermissions,
  readPattern,
  type SessionPoint,
  type Store,
  StoreError,
  storeError,
  toSnapshot,
  type Variable,
  type VersionPoint,
  versionNotFound,
  type Written,
} from "@trimtab/core";
import { expecting } from "./expectations.ts";
import { completed, requireVersion } from "./history-operations.ts";
import { revisionOf, stateAt } from "./past-states.ts";
import { startSession } from "./session-operations.ts";
import type { SessionRuntime } from "./session-runtime.ts";
import type { Sessions } from "./sessions.ts";
import { refuseManyItems, requireVariable } from "./variable-operations.ts";
import { writtenBy } from "./write-receipts.ts";

/** The part of a store that brings back the past. */
export function createRollbackOperations(
  sessions: Sessions,
): Pick<Store, "rollbackVariable" | "rollbackVariables" | "rollbackSession" | "forkSession"> {
  const rollback = async (session: string, ref: string, to: VersionPoint, expectedVersion?: number) =>
    sessions.access(session, ({ runtime }) => rollbackCommand(sessions, runtime, { ref, to, expectedVersion }));
  const pastOf = (session: string, point: SessionPoint) =>
    sessions.access(session, async ({ runtime }) => {
      const state = await stateAt(runtime, sessions.snapshots, await revisionOf(runtime, point));
      return toSnapshot(state);
    });
  return {
    async rollbackVariable(session, ref, to, { expectedVersion, ...by } = {}) {
      const { command, variable } = await rollback(session, ref, to, expectedVersion);
      const result = await sessions.write(session, [command], by);
      const [written = unchanged(session, variable, result.revision)] = writtenBy(session, result);
      const rolledBackFrom = result.commit === undefined ? written.version : written.version - 1;
      return { session, revision: result.revision, written, rolledBackFrom, rolledBackTo: command.version };
    },
    async rollbackVariables(session, rollbacks, by = {}) {
      refuseManyItems(sessions, rollbacks);
      const commands: Command[] = [];
      for (const { ref, version, expectedVersion } of rollbacks) {
        const { command } = await rollback(session, ref, { kind: "version", version }, expectedVersion);
        commands.push(command);
      }
      const result = await sessions.write(session, commands, by);
      const written = new Map(writtenBy(session, result).map((each) => [each.id, each]));
      const applied = new Map<string, Written>();
      for (const command of commands) {
        const own = command.kind === "rollback-variable" ? written.get(command.id) : undefined;
        if (own !== undefined && "ref" in command) applied.set(command.ref, own);
      }
      return { session, revision: result.revision, applied };
    },
    async rollbackSession(session, to, options = {}) {
      const { pattern, deleteNew, restoreDeleted, restoreSurroundings, ...rest } = options;
      const { restorePermissions, expectedRevision, ...by } = rest;
      readPattern(pattern);
      const past = await pastOf(session, to);
      const command: CommandOf<"rollback-session"> = {
        kind: "rollback-session",
        revision: past.revision,
        past: past.variables,
        pastDependencies: past.dependencies,
        ...(pattern !== undefined && { pattern }),
        ...(deleteNew !== undefined && { deleteNew }),
        ...(restoreDeleted !== undefined && { restoreDeleted }),
        ...(restoreSurroundings !== undefined && { restoreSurroundings }),
        ...(restorePermissions === true && { pastPermissions: past.permissions ?? noPermissions }),
        ...(expectedRevision !== undefined && { expectedRevision }),
      };
      const result = await sessions.write(session, [command], by);
      const events = result.commit?.events ?? [];
      return {
        session,
        revision: result.revision,
        applied: new Map(writtenBy(session, result).map((written) => [written.id, written])),
        deleted: events.filter((event) => event.kind === "variable-deleted").map(({ id }) => id),
        restored: new Map(
          events.filter((event) => event.kind === "variable-registered").map(({ name, id }) => [name, id]),
        ),
        rolledBackTo: past.revision,
      };
    },
    async forkSession(session, at, options = {}) {
      const from = await pastOf(session, at);
      return startSession(sessions, options, from);
    },
  };
}

/** Reads the value that a variable is to have again; what was at a version never changes, so it may be read beforehand. */
async function rollbackCommand(
  sessions: Sessions,
  runtime: SessionRuntime,
  { ref, to, expectedVersion }: { ref: string; to: VersionPoint; expectedVersion: number | undefined },
): Promise<{ command: CommandOf<"rollback-variable">; variable: Variable }> {
  const variable = requireVariable(runtime.state, ref);
  const { id, version, payload } = await versionToRestore(sessions, runtime, variable, to);
  const command = { kind: "rollback-variable", ref, id, version, payload, ...expecting(expectedVersion) } as const;
  return { command, variable };
}

async function versionToRestore(sessions: Sessions, runtime: SessionRuntime, variable: Variable, to: VersionPoint) {
  if (to.kind !== "version") {
    const state = await stateAt(runtime, sessions.snapshots, await revisionOf(runtime, to));
    const past = state.variables.get(variable.id);
    if (past === undefined) {
      const message = `${variable.name} was not there yet at revision ${state.revision}`;
      throw storeError("not_found", message, { resource: "variable", id: variable.name });
    }
    // An import may have given the id of a variable that was deleted to one of another type.
    if (past.type !== variable.type) throw new StoreError(versionNotFound(variable.name, past.version));
    return past;
  }
  if (to.version === variable.version) return variable;
  const kept = await completed(runtime, variable.id, requireVersion(runtime, variable, to.version));
  if (kept.payload === undefined) throw new StoreError(versionNotFound(variable.name, to.version));
  return { id: variable.id, version: to.version, payload: kept.payload };
}

const unchanged = (session: string, { id, name, version, updatedAtMs }: Variable, revision: number): Written => ({
  session,
  revision,
  id,
  name,
  version,
  updatedAtMs,
});
