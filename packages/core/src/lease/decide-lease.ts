import { checkChoice, checkName, checkRange, checkText, checkWhole, parseRecord } from "../check-argument.ts";
import type { CommandOf, DecideContext } from "../command.ts";
import type { SessionEvent } from "../commit.ts";
import { decideSet } from "../decide-variable.ts";
import { accept, type Decision, refuse } from "../decision.ts";
import { checkWritable, expectVariable, unknownVariable } from "../find-variable.ts";
import type { Parsed } from "../parse-value.ts";
import { findVariable, type SessionState } from "../session-state.ts";
import { type Refusal, refusal } from "../store-error.ts";
import { abandonment, endingOf, requireLease } from "./check-lease.ts";
import type { OptimizationTarget } from "./lease-command.ts";
import { isHeld, leaseTtlLimits, type OptimizationRecord, optimizationOutcomes } from "./optimization.ts";
import { recordProgress } from "./record-progress.ts";

/** Decides on more time for a lease, for whoever holds it. */
export function decideRenew(state: SessionState, command: CommandOf<"renew-lease">, context: DecideContext): Decision {
  const wrong =
    command.leaseTtlMs === undefined ? undefined : checkRange(command.leaseTtlMs, "leaseTtlMs", leaseTtlLimits);
  if (wrong !== undefined) return { kind: "refused", refusal: wrong };
  const found = requireLease(state, command, context.atMs);
  if (found.kind === "refused") return found;
  const leaseExpiresAtMs = context.atMs + (command.leaseTtlMs ?? found.value.leaseTtlMs);
  return accept({ kind: "lease-renewed", optimization: command.optimization, leaseExpiresAtMs });
}

/** Decides on the progress of an optimization, and the values that come with it, for whoever holds its lease. */
export function decideReport(
  state: SessionState,
  command: CommandOf<"report-progress">,
  context: DecideContext,
): Decision {
  const found = requireLease(state, command, context.atMs);
  if (found.kind === "refused") return found;
  const record = found.value;
  const { iteration = record.iteration + 1, metrics = {} } = command;
  const wrong = checkWhole(iteration, "iteration", record.iteration + 1) ?? checkMetrics(metrics, context);
  if (wrong !== undefined) return { kind: "refused", refusal: wrong };
  const values = parseRecord(command.values, "values", context.limits.metadataBytes);
  if (values.kind === "refused") return values;
  const byId: [string, (typeof values.value)[string]][] = [];
  for (const [ref, value] of Object.entries(values.value)) {
    const variable = findVariable(state, ref);
    if (variable === undefined) return { kind: "refused", refusal: unknownVariable(ref) };
    if (!record.variables.includes(variable.id)) {
      const message = `values: ${ref} is not among the variables of ${record.id}`;
      return refuse("invalid_argument", message, { field: `values.${ref}` });
    }
    byId.push([variable.id, value]);
  }
  const progress = { iteration, values: Object.fromEntries(byId), metrics: { ...metrics }, versions: {} };
  return accept(...recordProgress(state, record, { progress, context }));
}

function checkMetrics(metrics: Readonly<Record<string, number>>, { limits }: DecideContext): Refusal | undefined {
  const parsed = parseRecord(metrics, "metrics", limits.metadataBytes);
  if (parsed.kind === "refused") return parsed.refusal;
  for (const [name, value] of Object.entries(metrics)) {
    const wrong = checkName(name, "metrics", limits.nameLength);
    if (wrong !== undefined) return wrong;
    if (typeof value === "number" && Number.isFinite(value)) continue;
    const message = `metrics.${name} must be a finite number, got ${String(value)}`;
    return refusal("invalid_argument", message, { field: `metrics.${name}` });
  }
  return undefined;
}

/** Decides on the end of an optimization and of its lease. */
export function decideStop(
  state: SessionState,
  command: CommandOf<"stop-optimization">,
  context: DecideContext,
): Decision {
  const { target } = command;
  const found = findOptimization(state, target);
  // One that nobody knows, or that is long over, is not under way either.
  if (found.kind === "refused") return target.kind === "optimization" ? notOptimizing(state, target) : found;
  const record = found.value;
  if (record === undefined || !isHeld(record, context.atMs)) return notOptimizing(state, target);
  const { fencingToken, outcome = "stopped", cause = "" } = command;
  const wrong =
    checkChoice(outcome, "outcome", optimizationOutcomes) ?? checkText(cause, "cause", context.limits.expressionLength);
  if (wrong !== undefined) return { kind: "refused", refusal: wrong };
  const refused = checkStopper(state, record, { fencingToken, context });
  if (refused !== undefined) return { kind: "refused", refusal: refused };
  const applied = command.applyBest === true ? applyBest(state, record, context) : accept();
  // Forced, it ends whether or not the best values can still be written.
  if (applied.kind === "refused" && command.force !== true) return applied;
  const events = applied.kind === "accepted" ? applied.events : [];
  return accept(...events, endingOf(state, record, { state: outcome, cause }));
}

/** The session that the variables belong to may end what others do with them; others prove that they hold the lease. */
function checkStopper(
  state: SessionState,
  { id, fencingToken: actual }: OptimizationRecord,
  { fencingToken, context }: { fencingToken: number | undefined; context: DecideContext },
): Refusal | undefined {
  const isOwner = context.access === undefined || context.access.caller.session === state.id;
  if (fencingToken === actual || (isOwner && fencingToken === undefined)) return undefined;
  if (fencingToken !== undefined) {
    const lost = requireLease(state, { optimization: id, fencingToken }, context.atMs);
    if (lost.kind === "refused") return lost.refusal;
  }
  const message = `${id} is ended by its holder or by session ${state.id}`;
  const session = context.access?.caller.session ?? state.id;
  return refusal("access_denied", message, { session, permission: "optimize" });
}

function applyBest(state: SessionState, record: OptimizationRecord, context: DecideContext): Decision {
  const events: SessionEvent[] = [];
  for (const [ref, value] of Object.entries(record.best?.values ?? {})) {
    // Its holder may have deleted it since.
    if (!state.variables.has(ref)) continue;
    const set = decideSet(state, { kind: "set-variable", ref, value }, context);
    if (set.kind === "refused") return set;
    events.push(...set.events);
  }
  return accept(...events);
}

const notOptimizing = (state: SessionState, target: OptimizationTarget): Decision => {
  const variable = target.kind === "variable" ? (findVariable(state, target.ref)?.name ?? target.ref) : target.id;
  return refuse("not_optimizing", `${variable}: no optimization is under way`, { variable });
};

/** Finds an optimization; a variable may never have had one. */
export function findOptimization(
  state: SessionState,
  target: OptimizationTarget,
): Parsed<OptimizationRecord | undefined> {
  if (target.kind === "optimization") {
    const record = state.optimizations.get(target.id);
    if (record !== undefined) return { kind: "parsed", value: record };
    const details = { resource: "optimization", id: target.id } as const;
    return { kind: "refused", refusal: refusal("not_found", `Optimization '${target.id}' not found`, details) };
  }
  const variable = findVariable(state, target.ref);
  if (variable === undefined) return { kind: "refused", refusal: unknownVariable(target.ref) };
  const holder = state.leases.get(variable.id);
  if (holder !== undefined) return { kind: "parsed", value: state.optimizations.get(holder) };
  const past = [...state.optimizations.values()].filter(({ variables }) => variables.includes(variable.id));
  return { kind: "parsed", value: past.at(-1) };
}

/** Ends every lease that was not renewed in time. */
export function decideAbandon(state: SessionState, { atMs }: DecideContext): Decision {
  const running = [...state.optimizations.values()].filter((record) => record.state === "running");
  return accept(...running.filter((record) => !isHeld(record, atMs)).map((record) => abandonment(state, record)));
}

/** Finds variables that can be leased: each one by any of its refs, and written by hand. */
export function requireLeasable(state: SessionState, refs: readonly string[]): Parsed<readonly string[]> {
  const ids = new Set<string>();
  for (const ref of refs) {
    const found = expectVariable(state, { ref });
    if (found.kind === "refused") return found;
    const wrong = checkWritable(found.value);
    if (wrong !== undefined) return { kind: "refused", refusal: wrong };
    ids.add(found.value.id);
  }
  if (ids.size > 0) return { kind: "parsed", value: [...ids] };
  const message = "variables: at least one is needed";
  return { kind: "refused", refusal: refusal("invalid_argument", message, { field: "variables", limit: 1, value: 0 }) };
}
