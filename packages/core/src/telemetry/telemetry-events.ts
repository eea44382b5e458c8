import type { Permission } from "../access/access-rule.ts";
import type { DependencyKind } from "../dependency/dependency.ts";
import type { Origin } from "../origin.ts";
import type { Value, ValueRecord } from "../payload.ts";

/**
 * Everything that telemetry tells of, by name. Names and fields are spelt as they are sent on to systems outside, so they
 * are in snake case; those that begin with `dspex.` are names that programs already listen for. Durations are from the
 * arrival of a call at the store until its answer: for a write, until it is durable.
 */
export interface TelemetryEvents {
  "dspex.bridge.variable.registered": Told<
    { readonly count: 1 },
    OfVariable & { readonly type: string; readonly name: string; readonly source: Origin }
  >;
  /** A value was written: by its writer, computed from others, or restored. */
  "dspex.bridge.variable.updated": Told<ValueUpdated, UpdateSource>;
  "dspex.bridge.variable.deleted": Told<{ readonly count: 1 }, OfVariable & { readonly name: string }>;
  /** A batch of values was written or refused: `success_count` is 0 where it was refused as a whole. */
  "dspex.bridge.variables.batch_update": Told<
    { readonly count: number; readonly duration_us: number; readonly success_count: number },
    OfSession
  >;
  /** Access to a variable of another session was judged; one call may ask more than once. */
  "dspex.bridge.variables.access_check": Told<{ readonly duration_us: number }, AccessChecked>;
  "dspex.variables.optimization_started": Told<{ readonly count: 1 }, OfOptimization & { readonly optimizer: string }>;
  /** An optimization is over; `outcome` says how, for instance `converged`. */
  "dspex.variables.optimization_completed": Told<{ readonly count: 1 }, OfOptimization & { readonly outcome: string }>;
  /** An optimizer has reported an iteration, once for each variable that it tried a value of. */
  "dspex.bridge.variables.optimization.iteration": Told<
    { readonly iteration: number; readonly current_value?: Value; readonly metric_value?: number },
    OfOptimization & { readonly variable_id: string }
  >;
  /** An optimization holds its variables from now on. `wait_time_ms` is how long it waited in line for them. */
  "trimtab.optimization.lock_acquired": Told<
    { readonly count: 1; readonly wait_time_ms: number },
    OfOptimization & { readonly variable_ids: readonly string[] }
  >;
  /** A write or an optimization was refused because another optimization, which is named, holds a variable. */
  "trimtab.optimization.lock_conflict": Told<
    { readonly count: 1 },
    OfOptimization & { readonly variable: string; readonly holder: string }
  >;
  /** An optimizer has reported an iteration. Values of the objective are left out where it has none, or this report had none. */
  "trimtab.optimization.progress": Told<
    { readonly iteration: number; readonly metric_value?: number; readonly best_value?: number },
    OfOptimization & { readonly optimizer: string }
  >;
  /** An optimization has lost its variables to one of a higher priority. */
  "trimtab.optimization.preempted": Told<{ readonly count: 1 }, OfOptimization & { readonly preempted_by: string }>;
  /** A rule was held against a question about access; told of each rule that there is for it. */
  "trimtab.access_control.rule_evaluated": Told<
    { readonly count: 1 },
    OfVariable & { readonly permission: Permission; readonly rule_id: string; readonly matched: boolean }
  >;
  /**
   * A call was refused because its caller, a principal that acts as the session, lacks a permission: one of those that rules give, `act`
   * for acting as that session, or `own` for what is the owner's alone.
   */
  "trimtab.access_control.violation": Told<
    { readonly count: 1 },
    OfSession & { readonly principal: string; readonly permission: string; readonly reason: string }
  >;
  "trimtab.variable.read": Told<{ readonly count: 1 }, OfVariable>;
  /** Several variables were read in one call; `found_count` of them are there. */
  "trimtab.variables.batch_read": Told<{ readonly count: number; readonly found_count: number }, OfSession>;
  /** A value was refused because it is not of its variable's type. */
  "trimtab.variable.validation_failed": Told<
    { readonly count: 1 },
    OfSession & { readonly field: string; readonly type: string }
  >;
  /** A value was refused because it breaks a constraint. */
  "trimtab.variable.constraint_violation": Told<
    { readonly count: 1 },
    OfSession & { readonly field: string; readonly type: string; readonly constraint: string }
  >;
  "trimtab.session.created": Told<{ readonly count: 1 }, OfSession>;
  "trimtab.session.accessed": Told<{ readonly count: 1 }, OfSession>;
  "trimtab.session.deleted": Told<{ readonly count: 1 }, OfSession>;
  "trimtab.session.expired": Told<{ readonly count: 1 }, OfSession>;
  "trimtab.program.stored": Told<{ readonly count: 1 }, OfProgram>;
  "trimtab.program.retrieved": Told<{ readonly count: 1 }, OfProgram>;
  "trimtab.program.deleted": Told<{ readonly count: 1 }, OfProgram>;
  "trimtab.dependency.added": Told<
    { readonly count: 1 },
    OfVariable & { readonly depends_on: string; readonly type: DependencyKind }
  >;
  /** A dependency was refused because it would have closed a cycle of `length` variables; `cycle` names them, the first at the end again. */
  "trimtab.dependency.cycle_detected": Told<
    { readonly count: 1; readonly length: number },
    OfSession & { readonly cycle: readonly string[] }
  >;
  /**
   * One write has reached `affected_count` variables that depend on it. Values are computed in the commit that causes them, so
   * that this is told once that is durable, right before how it came out.
   */
  "trimtab.dependency.propagation_started": Told<{ readonly affected_count: number }, OfPropagation>;
  /** Of the variables that one write has reached, `count` have a new value and `failed_count` could not be computed. */
  "trimtab.dependency.propagation_completed": Told<
    { readonly count: number; readonly failed_count: number },
    OfPropagation
  >;
}

interface Told<Measurements, Metadata> {
  readonly measurements: Measurements;
  readonly metadata: Metadata;
}

interface OfSession {
  readonly session_id: string;
}

interface OfVariable extends OfSession {
  readonly variable_id: string;
}

/** Who asked, and what was decided by which rule; `rule_id` is empty where none decided. */
interface AccessChecked extends OfVariable {
  readonly permission: Permission;
  readonly result: "allowed" | "denied";
  readonly caller_session_id: string;
  readonly principal: string;
  readonly rule_id: string;
}

interface OfOptimization extends OfSession {
  readonly optimization_id: string;
}

/** Ids of the variables that were written. */
interface OfPropagation extends OfSession {
  readonly root_ids: readonly string[];
}

interface OfProgram extends OfSession {
  readonly program_id: string;
}

/**
 * Values are left out where the variable is sensitive or its metadata says `sensitive: true`, or that of anything that it
 * is derived from, and the old one where it takes more than
 * 1024 bytes.
 */
interface ValueUpdated {
  readonly old_value?: Value;
  readonly new_value?: Value;
  readonly update_duration_ms: number;
  readonly version: number;
}

interface UpdateSource extends OfVariable {
  readonly type: string;
  /** What the metadata names as its `source`; the runtime that the write came from otherwise. */
  readonly update_source: string;
  /**
   * What is in the history of the write: what its writer said, and where it was rolled back from and to; of a derived value the
   * reason `dependency`, and as source the variable that was written. Left out where the variable is sensitive.
   */
  readonly metadata?: ValueRecord;
}

/** The name of something that telemetry tells of. */
export type TelemetryName = keyof TelemetryEvents;

/** One event, of the names given or of any; `kind` is its name. */
export type TelemetryEvent<Name extends TelemetryName = TelemetryName> = {
  [Each in Name]: { readonly kind: Each } & TelemetryEvents[Each];
}[Name];
