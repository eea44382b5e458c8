import { callable, oneOf } from "../arguments/kind.ts";
import { requireArguments } from "../arguments/refuse-arguments.ts";
import type { Value, ValueRecord } from "../payload.ts";
import type { Telemetry } from "./telemetry.ts";
import type { TelemetryEvent, TelemetryName } from "./telemetry-events.ts";

/** Other names under which programs listen for some of the same events, with the fields that they know. */
export interface TelemetryAliases {
  "dspex.variables.registered": Alias<Count, { variable_id: string; type: string; name: string }>;
  /** Without a value and without metadata where the variable is sensitive. */
  "dspex.variables.update": Alias<{ value?: Value }, { variable_id: string; type: string; metadata?: ValueRecord }>;
  "dspex.bridge.dependency.added": Alias<Count, OfSession & { from: string; to: string; type: string }>;
  "dspex.bridge.dependency.cycle_detected": Alias<Count, OfSession & { from: string; to: string }>;
  /** Where several variables were written at once, `source_var` is the first. */
  "dspex.bridge.dependency.propagation_started": Alias<{ affected_count: number }, OfSource>;
  "dspex.bridge.dependency.propagation_completed": Alias<{ updated_count: number }, OfSource>;
  /** Nothing is answered from a cache of decisions, as there is none. */
  "dspex.access_control.check": Alias<{ duration_us: number }, AccessCheck>;
  "dspex.access_control.rule_evaluated": Alias<Count, { rule_id: string; matched: boolean }>;
  "dspex.access_control.violation": Alias<Count, OfSession & { permission: string; reason: string }>;
  "snakepit.session_store.variable.registered": Alias<Count, OfSession & { type: string }>;
  "snakepit.session_store.variable.get": Alias<Count, OfSession & { cache_hit: false }>;
  "snakepit.session_store.variable.updated": Alias<Count & { version: number }, OfSession & { type: string }>;
  "snakepit.session_store.variable.deleted": Alias<Count, OfSession>;
  "snakepit.session_store.variable.validation_failed": Alias<Count, OfSession & { type: string }>;
  "snakepit.session_store.variable.constraint_violation": Alias<Count, OfSession & { type: string }>;
  "snakepit.session_store.variables.batch_get": Alias<Count, OfSession>;
  "snakepit.session_store.variables.batch_update": Alias<Count, OfSession>;
  "snakepit.session_store.session.created": Alias<Count, OfSession>;
  "snakepit.session_store.session.accessed": Alias<Count, OfSession>;
  "snakepit.session_store.session.deleted": Alias<Count, OfSession>;
  "snakepit.session_store.session.expired": Alias<Count, OfSession>;
  "snakepit.session_store.program.stored": Alias<Count, OfProgram>;
  "snakepit.session_store.program.retrieved": Alias<Count, OfProgram>;
  "snakepit.session_store.program.deleted": Alias<Count, OfProgram>;
}

type Alias<Measurements, Metadata> = {
  readonly measurements: Readonly<Measurements>;
  readonly metadata: Readonly<Metadata>;
};
type Count = { count: number };
type OfSession = { session_id: string };
type OfSource = OfSession & { source_var: string };
type OfProgram = OfSession & { program_id: string };
type AccessCheck = OfSession & { variable_id: string; permission: string; result: string; cache_hit: false };

/** One of the other names. */
export type TelemetryAlias = keyof TelemetryAliases;

/** An event under one of its other names. */
export type AliasedEvent<Name extends TelemetryAlias = TelemetryAlias> = {
  [Each in Name]: { readonly kind: Each } & TelemetryAliases[Each];
}[Name];

interface Translation<Name extends TelemetryAlias> {
  readonly of: TelemetryName;
  readonly to: (event: TelemetryEvent) => TelemetryAliases[Name] | undefined;
}

const translation = <From extends TelemetryName, Name extends TelemetryAlias>(
  of: From,
  to: (event: TelemetryEvent<From>) => TelemetryAliases[Name],
): Translation<Name> => ({ of, to: (event) => (event.kind === of ? to(event as TelemetryEvent<From>) : undefined) });

interface OneOfMany {
  readonly measurements: Count;
  readonly metadata: OfSession;
}
const ofSession = ({ measurements: { count }, metadata: { session_id } }: OneOfMany) => ({
  measurements: { count },
  metadata: { session_id },
});
const ofType = ({
  measurements: { count },
  metadata,
}: OneOfMany & { readonly metadata: { readonly type: string } }) => ({
  measurements: { count },
  metadata: { session_id: metadata.session_id, type: metadata.type },
});
const asItIs = <Told>({ measurements, metadata }: { measurements: Count; metadata: Told }) => ({
  measurements,
  metadata,
});
const ofSource = ({ metadata }: { metadata: OfSession & { readonly root_ids: readonly string[] } }) => ({
  session_id: metadata.session_id,
  source_var: metadata.root_ids[0] ?? "",
});

const translations: { readonly [Name in TelemetryAlias]: Translation<Name> } = {
  "dspex.variables.registered": translation(
    "dspex.bridge.variable.registered",
    ({ measurements, metadata: { variable_id, type, name } }) => ({
      measurements,
      metadata: { variable_id, type, name },
    }),
  ),
  "dspex.variables.update": translation("dspex.bridge.variable.updated", ({ measurements, metadata: of }) => ({
    measurements: measurements.new_value === undefined ? {} : { value: measurements.new_value },
    metadata: {
      variable_id: of.variable_id,
      type: of.type,
      ...(of.metadata !== undefined && { metadata: of.metadata }),
    },
  })),
  "dspex.bridge.dependency.added": translation(
    "trimtab.dependency.added",
    ({ measurements, metadata: { session_id, variable_id: from, depends_on: to, type } }) => ({
      measurements,
      metadata: { session_id, from, to, type },
    }),
  ),
  "dspex.bridge.dependency.cycle_detected": translation(
    "trimtab.dependency.cycle_detected",
    ({ metadata: { session_id, cycle } }) => ({
      measurements: { count: 1 },
      metadata: { session_id, from: cycle[0] ?? "", to: cycle[1] ?? "" },
    }),
  ),
  "dspex.bridge.dependency.propagation_started": translation("trimtab.dependency.propagation_started", (event) => ({
    measurements: event.measurements,
    metadata: ofSource(event),
  })),
  "dspex.bridge.dependency.propagation_completed": translation("trimtab.dependency.propagation_completed", (event) => ({
    measurements: { updated_count: event.measurements.count },
    metadata: ofSource(event),
  })),
  "dspex.access_control.check": translation(
    "dspex.bridge.variables.access_check",
    ({ measurements, metadata: { session_id, variable_id, permission, result } }) => ({
      measurements,
      metadata: { session_id, variable_id, permission, result, cache_hit: false },
    }),
  ),
  "dspex.access_control.rule_evaluated": translation(
    "trimtab.access_control.rule_evaluated",
    ({ measurements, metadata: { rule_id, matched } }) => ({ measurements, metadata: { rule_id, matched } }),
  ),
  "dspex.access_control.violation": translation(
    "trimtab.access_control.violation",
    ({ measurements, metadata: { session_id, permission, reason } }) => ({
      measurements,
      metadata: { session_id, permission, reason },
    }),
  ),
  "snakepit.session_store.variable.registered": translation("dspex.bridge.variable.registered", ofType),
  "snakepit.session_store.variable.get": translation("trimtab.variable.read", ({ measurements, metadata }) => ({
    measurements,
    metadata: { session_id: metadata.session_id, cache_hit: false },
  })),
  "snakepit.session_store.variable.updated": translation(
    "dspex.bridge.variable.updated",
    ({ measurements: { version }, metadata: { session_id, type } }) => ({
      measurements: { count: 1, version },
      metadata: { session_id, type },
    }),
  ),
  "snakepit.session_store.variable.deleted": translation("dspex.bridge.variable.deleted", ofSession),
  "snakepit.session_store.variable.validation_failed": translation("trimtab.variable.validation_failed", ofType),
  "snakepit.session_store.variable.constraint_violation": translation("trimtab.variable.constraint_violation", ofType),
  "snakepit.session_store.variables.batch_get": translation("trimtab.variables.batch_read", ofSession),
  "snakepit.session_store.variables.batch_update": translation("dspex.bridge.variables.batch_update", ofSession),
  "snakepit.session_store.session.created": translation("trimtab.session.created", asItIs),
  "snakepit.session_store.session.accessed": translation("trimtab.session.accessed", asItIs),
  "snakepit.session_store.session.deleted": translation("trimtab.session.deleted", asItIs),
  "snakepit.session_store.session.expired": translation("trimtab.session.expired", asItIs),
  "snakepit.session_store.program.stored": translation("trimtab.program.stored", asItIs),
  "snakepit.session_store.program.retrieved": translation("trimtab.program.retrieved", asItIs),
  "snakepit.session_store.program.deleted": translation("trimtab.program.deleted", asItIs),
};

const listening = [
  ["name", oneOf(Object.keys(translations))],
  ["listener", callable],
] as const;

/**
 * Listens to events under one of their other names, with the fields that go with it; gives what ends that. Throws `invalid_argument` for
 * a name that is none of them.
 */
export function listenByAlias<Name extends TelemetryAlias>(
  telemetry: Telemetry,
  name: Name,
  listener: (event: AliasedEvent<Name>) => void,
): () => void {
  requireArguments(listening, [name, listener]);
  const { of, to } = translations[name];
  return telemetry.on(of, (event) => {
    const translated = to(event);
    if (translated !== undefined) listener({ kind: name, ...translated } as AliasedEvent<Name>);
  });
}
