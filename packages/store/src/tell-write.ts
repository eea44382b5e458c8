import {
  type Command,
  type Commit,
  findVariable,
  fromPayload,
  isSensitive,
  isStoreError,
  metadataOfWrite,
  type SessionEvent,
  type SessionState,
  type StoreError,
  type Telemetry,
  type TelemetryEvent,
  type ValueRecord,
} from "@trimtab/core";
import { tellDenial } from "./access/telling-denials.ts";
import { tellOptimizations } from "./tell-optimizations.ts";
import type { WriteResult } from "./write-pipeline.ts";

/** A write that telemetry is to tell of. */
export interface ToldWrite {
  readonly session: string;
  readonly commands: readonly Command[];
  /** Who writes, where that was asked. */
  readonly principal: string;
  /** Its commands are one batch of values. */
  readonly isBatch: boolean;
  /** From its arrival at the store until its answer, in milliseconds. */
  readonly durationMs: number;
}

/** Tells of everything that a write has done; `state` is the session's afterwards, where it is still there. */
export function tellWrite(
  telemetry: Telemetry,
  write: ToldWrite,
  { commit, decision }: WriteResult,
  state: SessionState | undefined,
): void {
  if (commit !== undefined) {
    for (const event of commit.events) {
      const told = toldOf(event, commit, { state, durationMs: write.durationMs });
      if (told !== undefined) telemetry.emit(told);
    }
    tellPropagation(telemetry, commit);
    tellOptimizations(telemetry, commit, state);
  }
  const refusals = decision.outcomes.flatMap((outcome) => (outcome.kind === "refused" ? [outcome.refusal] : []));
  for (const refused of refusals) {
    tellReason(telemetry, write.session, refused);
    tellDenial(telemetry, { principal: write.principal }, refused);
  }
  if (write.isBatch) tellBatch(telemetry, write, refusals.length);
}

/** Tells of a write that was refused, and why. */
export function tellRefusal(telemetry: Telemetry, write: ToldWrite, error: unknown): void {
  if (!isStoreError(error)) return;
  const items = error.items.size > 0 ? [...error.items.values()] : [error];
  for (const item of items) tellReason(telemetry, write.session, item);
  if (write.isBatch) tellBatch(telemetry, write, write.commands.length);
}

/** Tells of a session that has outlived its time. */
export function tellExpiry(telemetry: Telemetry, session: string): void {
  telemetry.emit({ kind: "trimtab.session.expired", measurements: { count: 1 }, metadata: { session_id: session } });
}

function tellBatch(telemetry: Telemetry, { session, commands, durationMs }: ToldWrite, refused: number): void {
  const count = commands.filter(({ kind }) => kind === "set-variable").length;
  telemetry.emit({
    kind: "dspex.bridge.variables.batch_update",
    measurements: { count, duration_us: Math.round(durationMs * 1000), success_count: Math.max(0, count - refused) },
    metadata: { session_id: session },
  });
}

function tellReason(telemetry: Telemetry, session: string, refused: Pick<StoreError, "reason" | "details">): void {
  const of = { session_id: session };
  const { reason, details } = refused as { reason: string; details: ValueRecord };
  const text = (key: string) => String(details[key] ?? "");
  if (reason === "validation_failed") {
    const metadata = { ...of, field: text("field"), type: text("type") };
    telemetry.emit({ kind: "trimtab.variable.validation_failed", measurements: { count: 1 }, metadata });
  } else if (reason === "constraint_violation") {
    const metadata = { ...of, field: text("field"), type: text("type"), constraint: text("constraint") };
    telemetry.emit({ kind: "trimtab.variable.constraint_violation", measurements: { count: 1 }, metadata });
  } else if (reason === "would_create_cycle") {
    const cycle = Array.isArray(details["cycle"]) ? details["cycle"].map(String) : [];
    // It ends with the name that it begins with.
    const measurements = { count: 1, length: Math.max(0, cycle.length - 1) } as const;
    telemetry.emit({ kind: "trimtab.dependency.cycle_detected", measurements, metadata: { ...of, cycle } });
  } else if (reason === "already_optimizing") {
    const metadata = {
      ...of,
      optimization_id: text("optimization"),
      variable: text("variable"),
      holder: text("holder"),
    };
    telemetry.emit({ kind: "trimtab.optimization.lock_conflict", measurements: { count: 1 }, metadata });
  }
}

function tellPropagation(telemetry: Telemetry, { session, events }: Commit): void {
  const written = events.filter((event) => event.kind === "variable-set");
  const computed = written.filter(({ root }) => root !== undefined);
  const stale = events.filter((event) => event.kind === "staleness-changed");
  const told = events.filter((event) => event.kind === "dependency-changed");
  const affected_count = computed.length + stale.length + told.length;
  if (affected_count === 0) return;
  // A write may have led to no new value at all.
  const roots = computed.length > 0 ? computed.map(({ id, root }) => root ?? id) : written.map(({ id }) => id);
  const metadata = { session_id: session, root_ids: [...new Set(roots)] };
  telemetry.emit({ kind: "trimtab.dependency.propagation_started", measurements: { affected_count }, metadata });
  const failed_count = stale.filter(({ variable }) => variable.stale !== undefined).length;
  const measurements = { count: computed.length, failed_count };
  telemetry.emit({ kind: "trimtab.dependency.propagation_completed", measurements, metadata });
}

/** What is told beside a commit. */
interface Beside {
  readonly state: SessionState | undefined;
  readonly durationMs: number;
}

function toldOf(event: SessionEvent, commit: Commit, beside: Beside): TelemetryEvent | undefined {
  const of = { session_id: commit.session };
  const measurements = { count: 1 } as const;
  switch (event.kind) {
    case "session-created":
    case "session-forked":
      return { kind: "trimtab.session.created", measurements, metadata: of };
    case "session-deleted":
      return { kind: "trimtab.session.deleted", measurements, metadata: of };
    case "variable-registered":
      return registeredOf(event, commit);
    case "variable-imported":
      return registeredOf(event.variable, commit);
    case "variable-set":
      return updatedOf(event, commit, beside);
    case "variable-deleted": {
      const metadata = { ...of, variable_id: event.id, name: event.name };
      return { kind: "dspex.bridge.variable.deleted", measurements, metadata };
    }
    case "program-put":
    case "program-deleted": {
      const kind = event.kind === "program-put" ? "trimtab.program.stored" : "trimtab.program.deleted";
      return { kind, measurements, metadata: { ...of, program_id: event.id } };
    }
    case "dependency-added": {
      const metadata = { ...of, variable_id: event.variable, depends_on: event.dependsOn, type: event.dependency };
      return { kind: "trimtab.dependency.added", measurements, metadata };
    }
    default:
      return undefined;
  }
}

const registeredOf = (
  { id, type, name }: { id: string; type: string; name: string },
  { session, origin }: Commit,
): TelemetryEvent => ({
  kind: "dspex.bridge.variable.registered",
  measurements: { count: 1 },
  metadata: { session_id: session, variable_id: id, type, name, source: origin },
});

type VariableSet = Extract<SessionEvent, { kind: "variable-set" }>;

function updatedOf(event: VariableSet, commit: Commit, { state, durationMs }: Beside): TelemetryEvent {
  const variable = state === undefined ? undefined : findVariable(state, event.id);
  // Of a variable that is gone already nobody can say any more whether its value may be told.
  const isTold = state !== undefined && variable !== undefined && !isSensitive(state, variable);
  const metadata = metadataOfWrite(event, commit);
  const { source } = metadata;
  return {
    kind: "dspex.bridge.variable.updated",
    measurements: {
      ...(isTold && event.previous !== undefined && { old_value: fromPayload(event.previous) }),
      ...(isTold && { new_value: fromPayload(event.payload) }),
      update_duration_ms: durationMs,
      version: event.version,
    },
    metadata: {
      session_id: commit.session,
      variable_id: event.id,
      type: variable?.type ?? "",
      update_source: typeof source === "string" ? source : commit.origin,
      ...(isTold && { metadata }),
    },
  };
}
