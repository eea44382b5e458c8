import { actorOf } from "../actor.ts";
import { checkChoice, checkName, checkRange, checkWhole, parseRecord } from "../check-argument.ts";
import type { CommandOf, DecideContext } from "../command.ts";
import type { SessionEvent } from "../commit.ts";
import { accept, type Decision } from "../decision.ts";
import type { Parsed } from "../parse-value.ts";
import type { SessionState } from "../session-state.ts";
import { type Refusal, refusal } from "../store-error.ts";
import { laterThan } from "../variable.ts";
import { abandonment, alreadyOptimizing, endingOf, leasedOf } from "./check-lease.ts";
import { requireLeasable } from "./decide-lease.ts";
import {
  defaultLeaseTtlMs,
  feedbackLimits,
  isHeld,
  leaseTtlLimits,
  objectiveDirections,
  priorityLimits,
} from "./optimization.ts";

type Start = CommandOf<"start-optimization">;

/** Leases variables, all of them or none; where one is leased already, only by preempting. */
export function decideStart(state: SessionState, command: Start, context: DecideContext): Decision {
  const wrong = checkStart(command, context);
  if (wrong !== undefined) return { kind: "refused", refusal: wrong };
  const config = parseRecord(command.config, "config", context.limits.metadataBytes);
  if (config.kind === "refused") return config;
  const leasable = requireLeasable(state, command.refs);
  if (leasable.kind === "refused") return leasable;
  const variables = leasable.value;
  const endings = makeWay(state, { ...command, variables }, context);
  if (endings.kind === "refused") return endings;
  const atMs = laterThan(state.atMs, context.atMs);
  const revision = state.revision + 1;
  const { optimizer, objective, convergenceThreshold, leaseTtlMs = defaultLeaseTtlMs } = command;
  const optimization = {
    // Of this session alone: elsewhere a lease may have the same token, which is the number of a commit.
    id: `optimization_${revision}_${state.epoch}`,
    variables,
    optimizer,
    config: config.value,
    holder: actorOf(state.id, context),
    state: "running",
    iteration: 0,
    maxIterations: command.maxIterations ?? 0,
    feedbackInterval: command.feedbackInterval ?? 1,
    priority: command.priority ?? 0,
    startedAtMs: atMs,
    updatedAtMs: atMs,
    leaseExpiresAtMs: context.atMs + leaseTtlMs,
    cause: "",
    fencingToken: revision,
    leaseTtlMs,
    ...(objective !== undefined && { objective }),
    ...(convergenceThreshold !== undefined && { convergenceThreshold }),
  } as const;
  return accept(...endings.value, {
    kind: "optimization-started",
    optimization,
    variables: leasedOf(state, variables),
  });
}

function checkStart(command: Start, { limits }: DecideContext): Refusal | undefined {
  const { optimizer, objective, convergenceThreshold, maxIterations, feedbackInterval, priority, leaseTtlMs } = command;
  const threshold = convergenceThreshold ?? 0;
  if (!(Number.isFinite(threshold) && threshold >= 0)) {
    const message = `convergenceThreshold must be a number of at least 0, got ${threshold}`;
    return refusal("invalid_argument", message, { field: "convergenceThreshold", limit: 0, value: threshold });
  }
  return (
    checkName(optimizer, "optimizer", limits.nameLength) ??
    (objective && checkName(objective.metric, "objective.metric", limits.nameLength)) ??
    checkChoice(objective?.direction, "objective.direction", objectiveDirections) ??
    checkWhole(maxIterations ?? 0, "maxIterations", 0) ??
    checkRange(feedbackInterval ?? 1, "feedbackInterval", feedbackLimits) ??
    checkRange(priority ?? 0, "priority", priorityLimits) ??
    checkRange(leaseTtlMs ?? 1, "leaseTtlMs", leaseTtlLimits)
  );
}

/** Ends what holds one of the variables, where it has lost its lease or is preempted. */
function makeWay(
  state: SessionState,
  { variables, preempt, priority = 0, optimizer }: Start & { readonly variables: readonly string[] },
  { atMs }: DecideContext,
): Parsed<readonly SessionEvent[]> {
  const endings = new Map<string, SessionEvent>();
  for (const variable of variables) {
    const record = state.optimizations.get(state.leases.get(variable) ?? "");
    if (record === undefined || endings.has(record.id)) continue;
    const { id } = record;
    if (!isHeld(record, atMs)) endings.set(id, abandonment(state, record));
    else if (preempt === true && record.priority < priority) {
      const cause = `${optimizer} has priority ${priority}, which is above ${record.priority}`;
      endings.set(id, endingOf(state, record, { state: "preempted", cause }));
    } else return { kind: "refused", refusal: alreadyOptimizing(state, variable, record) };
  }
  return { kind: "parsed", value: [...endings.values()] };
}
