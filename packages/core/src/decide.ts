import { decideSessionPermissions, decideVariablePermissions } from "./access/decide-permissions.ts";
import { decideGuarded, guardOf } from "./access/guard-command.ts";
import { checkName, checkRange, parseRecord } from "./check-argument.ts";
import { checkRoom } from "./check-state.ts";
import type { Command, CommandOf, DecideContext } from "./command.ts";
import { decideDeleteSpace, decideExpectSpace, decidePutSpace } from "./configuration-space/decide-space.ts";
import { decideDelete } from "./decide-delete.ts";
import { decideRegister } from "./decide-register.ts";
import { decideChange, decideExpect, decideSet } from "./decide-variable.ts";
import { accept, type Decision, refuse } from "./decision.ts";
import { decideAddDependency, decideRemoveDependency } from "./dependency/decide-dependency.ts";
import { decideClearDerivation, decideRecompute, decideSetDerivation } from "./derivation/decide-derivation.ts";
import { decideRollbackSession, decideRollbackVariable } from "./history/decide-rollback.ts";
import { decideDeleteLabel, decideSetLabel } from "./label/decide-label.ts";
import { checkLeases } from "./lease/check-lease.ts";
import { decideAbandon, decideRenew, decideReport, decideStop } from "./lease/decide-lease.ts";
import { decideStart } from "./lease/decide-start.ts";
import { decideDeleteRule, decidePutRule } from "./rule/decide-rule.ts";
import { defaultTtlMs, type SessionState, ttlLimits } from "./session-state.ts";
import { type Refusal, refusal } from "./store-error.ts";
import { decideImport, decideImportDependencies } from "./transfer/decide-import.ts";

/**
 * Decides one command against a session: what then happens, or why nothing does. Pure; the state is not changed, and
 * folding the events of an accepted command with `evolve` gives the state that holds afterwards. Where the context says
 * who writes, what that caller may not do is refused against this same state.
 */
export function decide(state: SessionState, command: Command, context: DecideContext): Decision {
  const guard = context.access && guardOf(state, context);
  if (guard === undefined) return decideLeased(state, command, context);
  return decideGuarded(guard, state, { command, context, decideFreely: () => decideLeased(state, command, context) });
}

/** Decides a command, and lets nobody but its holder write what is leased. */
function decideLeased(state: SessionState, command: Command, context: DecideContext): Decision {
  const decision = decideFreely(state, command, context);
  if (decision.kind === "refused" || (state.leases.size === 0 && context.lease === undefined)) return decision;
  // Who may do what is the owner's to say at any time, and what ends an optimization writes what that one holds.
  if (command.kind === "set-variable-permissions" || command.kind === "stop-optimization") return decision;
  const leases = checkLeases(state, decision.events, context);
  if (leases.kind === "refused") return leases;
  return leases.value.length === 0 ? decision : accept(...leases.value, ...decision.events);
}

function decideFreely(state: SessionState, command: Command, context: DecideContext): Decision {
  if (command.kind === "create-session") return decideCreate(state, command, context);
  if (state.status !== "live") return { kind: "refused", refusal: sessionNotFound(state.id) };
  switch (command.kind) {
    case "update-session":
      return decideUpdateSession(state, command, context);
    case "delete-session":
      return accept({ kind: "session-deleted", cause: command.cause });
    case "register-variable":
      return decideRegister(state, command, context);
    case "set-variable":
      return decideSet(state, command, context);
    case "expect-version":
      return decideExpect(state, command);
    case "change-variable":
      return decideChange(state, command, context);
    case "delete-variable":
      return decideDelete(state, command);
    case "put-program":
      return decidePutProgram(state, command, context);
    case "delete-program":
      return decideDeleteProgram(state, command);
    default:
      return decideAmong(state, command, context);
  }
}

type BetweenVariables = Exclude<
  Command["kind"],
  | `${string}-session`
  | `${string}-program`
  | "register-variable"
  | "set-variable"
  | "expect-version"
  | "change-variable"
  | "delete-variable"
>;

/** Decides what concerns several variables, or the session's past. */
function decideAmong(
  state: SessionState,
  command: CommandOf<BetweenVariables> | CommandOf<"rollback-session">,
  context: DecideContext,
): Decision {
  switch (command.kind) {
    case "add-dependency":
      return decideAddDependency(state, command, context);
    case "remove-dependency":
      return decideRemoveDependency(state, command, context);
    case "set-derivation":
      return decideSetDerivation(state, command, context);
    case "clear-derivation":
      return decideClearDerivation(state, command, context);
    case "recompute-variables":
      return decideRecompute(state, command, context);
    case "put-rule":
      return decidePutRule(state, command, context);
    case "delete-rule":
      return decideDeleteRule(state, command);
    case "put-space":
      return decidePutSpace(state, command, context);
    case "delete-space":
      return decideDeleteSpace(state, command);
    case "expect-space":
      return decideExpectSpace(state, command);
    case "set-label":
      return decideSetLabel(state, command, context);
    case "delete-label":
      return decideDeleteLabel(state, command);
    case "rollback-variable":
      return decideRollbackVariable(state, command, context);
    case "rollback-session":
      return decideRollbackSession(state, command, context);
    case "start-optimization":
      return decideStart(state, command, context);
    case "renew-lease":
      return decideRenew(state, command, context);
    case "report-progress":
      return decideReport(state, command, context);
    case "stop-optimization":
      return decideStop(state, command, context);
    case "abandon-optimizations":
      return decideAbandon(state, context);
    case "set-variable-permissions":
      return decideVariablePermissions(state, command, context);
    case "set-session-permissions":
      return decideSessionPermissions(state, command, context);
    case "import-variable":
      return decideImport(state, command, context);
    case "import-dependencies":
      return decideImportDependencies(state, command, context);
  }
}

/** The refusal of a session id that names no live session. */
export const sessionNotFound = (session: string) =>
  refusal("session_not_found", `Session '${session}' not found`, { session });

function decideCreate(state: SessionState, command: CommandOf<"create-session">, context: DecideContext): Decision {
  const wrong = checkName(state.id, "session", context.limits.nameLength) ?? checkTtl(command.ttlMs);
  if (wrong !== undefined) return { kind: "refused", refusal: wrong };
  if (state.status === "live") {
    if (command.ifExists === "keep") return accept();
    return refuse("already_exists", `Session '${state.id}' already exists`, { resource: "session", id: state.id });
  }
  const metadata = parseRecord(command.metadata, "metadata", context.limits.metadataBytes);
  if (metadata.kind === "refused") return metadata;
  const { epoch, from } = command;
  const ttlMs = command.ttlMs ?? from?.ttlMs ?? defaultTtlMs;
  if (from === undefined) return accept({ kind: "session-created", epoch, ttlMs, metadata: metadata.value });
  const inherited = command.metadata === undefined ? from.metadata : metadata.value;
  return accept({ kind: "session-forked", epoch, ttlMs, metadata: inherited, from });
}

const checkTtl = (ttlMs: number | undefined) =>
  ttlMs === undefined ? undefined : checkRange(ttlMs, "ttlMs", ttlLimits);

function decideUpdateSession(
  state: SessionState,
  command: CommandOf<"update-session">,
  context: DecideContext,
): Decision {
  const wrong = checkTtl(command.ttlMs);
  if (wrong !== undefined) return { kind: "refused", refusal: wrong };
  const metadata = parseRecord(command.metadata ?? state.metadata, "metadata", context.limits.metadataBytes);
  if (metadata.kind === "refused") return metadata;
  return accept({ kind: "session-updated", ttlMs: command.ttlMs ?? state.ttlMs, metadata: metadata.value });
}

function decidePutProgram(state: SessionState, command: CommandOf<"put-program">, context: DecideContext): Decision {
  const { limits } = context;
  const wrong = checkName(command.id, "program", limits.nameLength);
  if (wrong !== undefined) return { kind: "refused", refusal: wrong };
  const body = parseRecord(command.body, "body", limits.programBytes);
  if (body.kind === "refused") return body;
  const count = state.programs.has(command.id) ? 0 : state.programCount;
  const full = checkRoom(state.id, { of: "programs", one: "program", count, limit: limits.programsPerSession });
  if (full !== undefined) return { kind: "refused", refusal: full };
  return accept({ kind: "program-put", id: command.id, body: body.value });
}

function decideDeleteProgram(state: SessionState, command: CommandOf<"delete-program">): Decision {
  if (state.programs.has(command.id)) return accept({ kind: "program-deleted", id: command.id });
  return command.allowMissing ? accept() : { kind: "refused", refusal: unknownProgram(command.id) };
}

/** The refusal of an id that no program has. */
export const unknownProgram = (id: string): Refusal<"not_found"> =>
  refusal("not_found", `Program '${id}' not found`, { resource: "program", id });
