import { type Commit, findVariable, isSensitive, type SessionState, type Telemetry } from "@trimtab/core";

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
    } else if (event.kind === "optimization-reported") {
      const { entry, objective } = event;
      const metric = objective === undefined ? undefined : entry.metrics[objective.metric];
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
  }
}
