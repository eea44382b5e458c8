import type { LeasedVariable, LeaseEvent, OptimizationRecord } from "@trimtab/core";
import type {
  NamedVariable,
  OptimizationStarted,
  StoredEvent,
  StoredOptimization,
} from "../gen/trimtab/log/v1/commit_pb.ts";
import {
  fromWireEntry,
  fromWireObjective,
  fromWireOptimization,
  fromWireOptimizationState,
  toWireEntry,
  toWireObjective,
  toWireOptimization,
  toWireOptimizationState,
} from "../optimization.ts";
import { refuseMessage } from "../refuse.ts";
import { fromTimestamp, toTimestamp } from "../time.ts";
import { fromUint64, toUint64 } from "../whole-number.ts";
import { requirePart } from "./stored-parts.ts";

type Kind = StoredEvent["kind"];
type Started = Omit<OptimizationRecord, "entries" | "bests">;

const toNamed = ({ id, name }: LeasedVariable): NamedVariable => ({
  $typeName: "trimtab.log.v1.NamedVariable",
  id,
  name,
});

/** Commits of earlier programs have none. */
const fromNamed = (variables: readonly NamedVariable[]) =>
  variables.length === 0 ? undefined : { variables: variables.map(({ id, name }) => ({ id, name })) };

/** Puts an optimization as it starts into the form in which it is stored. */
export const toStoredStarted = (
  optimization: Started,
  variables: readonly LeasedVariable[] = [],
): OptimizationStarted => ({
  $typeName: "trimtab.log.v1.OptimizationStarted",
  optimization: toWireOptimization(optimization),
  fencingToken: toUint64(optimization.fencingToken),
  leaseTtlMs: toUint64(optimization.leaseTtlMs),
  variables: variables.map(toNamed),
});

const fromStoredStarted = (started: OptimizationStarted, path: string): Started => ({
  ...fromWireOptimization(started.optimization, `${path}.optimization`),
  fencingToken: fromUint64(started.fencingToken, `${path}.fencing_token`),
  leaseTtlMs: fromUint64(started.leaseTtlMs, `${path}.lease_ttl_ms`),
});

/** Puts what has happened to an optimization since it started into the form in which it is stored. */
export function toStoredProgress(event: Exclude<LeaseEvent, { kind: "optimization-started" }>): Kind {
  switch (event.kind) {
    case "optimization-reported": {
      const $typeName = "trimtab.log.v1.OptimizationReported";
      const objective = event.objective && { objective: toWireObjective(event.objective) };
      const leaseExpiresAt = toTimestamp(event.leaseExpiresAtMs);
      return {
        case: "optimizationReported",
        value: { $typeName, entry: toWireEntry(event.entry), leaseExpiresAt, ...objective },
      };
    }
    case "lease-renewed": {
      const leaseExpiresAt = toTimestamp(event.leaseExpiresAtMs);
      const $typeName = "trimtab.log.v1.LeaseRenewed";
      return { case: "leaseRenewed", value: { $typeName, optimizationId: event.optimization, leaseExpiresAt } };
    }
    case "optimization-ended": {
      const { optimization: optimizationId, cause, variables = [] } = event;
      const state = toWireOptimizationState(event.state);
      return {
        case: "optimizationEnded",
        value: {
          $typeName: "trimtab.log.v1.OptimizationEnded",
          optimizationId,
          state,
          cause,
          variables: variables.map(toNamed),
        },
      };
    }
  }
}

/**
 * Reads what has happened to an optimization.
 *
 * @throws StoreError `invalid_argument` naming the part that is absent, out of range, or of a kind not known here
 */
export function fromStoredLeaseEvent(kind: Kind, at: string): LeaseEvent {
  switch (kind.case) {
    case "optimizationStarted":
      return {
        kind: "optimization-started",
        optimization: fromStoredStarted(kind.value, at),
        ...fromNamed(kind.value.variables),
      };
    case "optimizationReported": {
      const { entry, objective, leaseExpiresAt } = kind.value;
      return {
        kind: "optimization-reported",
        entry: fromWireEntry(entry, `${at}.entry`),
        leaseExpiresAtMs: fromTimestamp(leaseExpiresAt, `${at}.lease_expires_at`),
        ...(objective !== undefined && { objective: fromWireObjective(objective, `${at}.objective`) }),
      };
    }
    case "leaseRenewed": {
      const { optimizationId: optimization, leaseExpiresAt } = kind.value;
      const leaseExpiresAtMs = fromTimestamp(leaseExpiresAt, `${at}.lease_expires_at`);
      return { kind: "lease-renewed", optimization, leaseExpiresAtMs };
    }
    case "optimizationEnded": {
      const { optimizationId: optimization, cause } = kind.value;
      const state = fromWireOptimizationState(kind.value.state, `${at}.state`);
      if (state === "running") throw refuseMessage(`${at}.state`, "is none that an optimization ends in");
      return { kind: "optimization-ended", optimization, state, cause, ...fromNamed(kind.value.variables) };
    }
    default:
      throw refuseMessage(at, "is of a kind that is not known here");
  }
}

/** Puts an optimization into the form in which it is stored with its session. */
export const toStoredOptimization = (record: OptimizationRecord): StoredOptimization => ({
  $typeName: "trimtab.log.v1.StoredOptimization",
  started: toStoredStarted(record),
  entries: record.entries.map(toWireEntry),
  bests: [...record.bests],
});

/** Reads an optimization that is stored with its session. */
export const fromStoredOptimization = (
  { started, entries, bests }: StoredOptimization,
  path: string,
): OptimizationRecord => ({
  ...fromStoredStarted(requirePart(started, `${path}.started`), `${path}.started`),
  entries: entries.map((entry, index) => fromWireEntry(entry, `${path}.entries[${index}]`)),
  bests,
});
