import type { Telemetry, Variable } from "@trimtab/core";

/** Tells of variables that were read. */
export function tellRead(telemetry: Telemetry, session: string, variables: Iterable<Variable>): void {
  if (!telemetry.hears("trimtab.variable.read")) return;
  for (const { id } of variables) {
    const metadata = { session_id: session, variable_id: id };
    telemetry.emit({ kind: "trimtab.variable.read", measurements: { count: 1 }, metadata });
  }
}

/** Tells of variables that were asked for in one call, and of each that is there. */
export function tellBatchRead(telemetry: Telemetry, session: string, count: number, found: Iterable<Variable>): void {
  const variables = [...found];
  const measurements = { count, found_count: variables.length };
  telemetry.emit({ kind: "trimtab.variables.batch_read", measurements, metadata: { session_id: session } });
  tellRead(telemetry, session, variables);
}
