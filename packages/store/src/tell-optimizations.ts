import {
  type Commit,
  findVariable,
  isSensitive,
  type Optimization,
  type SessionEvent,
  type SessionState,
  type Telemetry,
} from "@trimtab/core";

/** Tells of what a commit says of optimizations. */
export function tellOptimizations(
  telemetry: Telemetry,
  { session, events }: Commit,
  state: SessionState | undefined,
): void {
  const of = { session_id: session };
  const measurements = { count: 1 } as const;
  for (const event of events) {
    if (event.kind === "optimization-started") {
      const { id, optimizer } = event.optimization;
      const metadata = { ...of, optimization_id: id, optimizer };
      telemetry.emit({ kind: "dspex.variables.optimization_started", measurements, metadata });
    } else if (event.kind === "optimization-ended") {
      const metadata = { ...of, optimization_id: event.optimization, outcome: event.state };
      telemetry.emit({ kind: "dspex.variables.optimization_completed", measurements, metadata });
      if (event.state === "preempted") {
        const by = events.find(({ kind }) => kind === "optimization-started");
        const preempted_by = by?.kind === "optimization-started" ? by.optimization.id : "";
        const told = { ...of, optimization_id: event.optimization, preempted_by };
        telemetry.emit({ kind: "trimtab.optimization.preempted", measurements, metadata: told });
      }
    } else if (event.kind === "optimization-reported" && isDue(event, state)) {
      tellReport(telemetry, event, { session, state });
    }
  }
}

type Report = Extract<SessionEvent, { readonly kind: "optimization-reported" }>;

/** A report is told of where it is the first to reach another multiple of the feedback interval, and where it is the last. */
function isDue({ entry }: Report, state: SessionState | undefined): boolean {
  const record = state?.optimizations.get(entry.optimization);
  if (record === undefined || record.state !== "running") return true;
  const at = record.entries.findIndex(({ iteration }) => iteration === entry.iteration);
  const before = record.entries[at - 1]?.iteration ?? 0;
  const turnOf = (iteration: number) => Math.floor(iteration / record.feedbackInterval);
  return turnOf(entry.iteration) > turnOf(before);
}

function tellReport(
  telemetry: Telemetry,
  { entry, objective }: Report,
  { session, state }: { readonly session: string; readonly state: SessionState | undefined },
): void {
  const of = { session_id: session };
  const metric = objective === undefined ? undefined : entry.metrics[objective.metric];
  const best = objective && state?.optimizations.get(entry.optimization)?.best?.metrics[objective.metric];
  telemetry.emit({
    kind: "trimtab.optimization.progress",
    measurements: {
      iteration: entry.iteration,
      ...(metric !== undefined && { metric_value: metric }),
      ...(best !== undefined && { best_value: best }),
    },
    metadata: { ...of, optimization_id: entry.optimization, optimizer: entry.optimizer },
  });
  for (const [id, value] of Object.entries(entry.values)) {
    const variable = state === undefined ? undefined : findVariable(state, id);
    const isTold = state !== undefined && variable !== undefined && !isSensitive(state, variable);
    telemetry.emit({
      kind: "dspex.bridge.variables.optimization.iteration",
      measurements: {
        iteration: entry.iteration,
        ...(isTold && { current_value: value }),
        ...(metric !== undefined && { metric_value: metric }),
      },
      metadata: { ...of, variable_id: variable?.id ?? id, optimization_id: entry.optimization },
    });
  }
}

/** Tells that an optimization holds its variables, after waiting in line for so long. */
export function tellAcquired(
  telemetry: Telemetry,
  session: string,
  { optimization: { id, variables }, waitedMs }: { optimization: Optimization; waitedMs: number },
): void {
  if (!telemetry.hears("trimtab.optimization.lock_acquired")) return;
  telemetry.emit({
    kind: "trimtab.optimization.lock_acquired",
    measurements: { count: 1, wait_time_ms: waitedMs },
    metadata: { session_id: session, optimization_id: id, variable_ids: variables },
  });
}
