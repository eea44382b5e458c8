import type { Value, ValueRecord } from "../payload.ts";
import type { Telemetry } from "./telemetry.ts";
import type { TelemetryEvent, TelemetryName } from "./telemetry-events.ts";

/** Other names under which programs listen for some of the same events, with the fields that they know. */
export interface TelemetryAliases {
  "dspex.variables.registered": Alias<{ count: 1 }, { variable_id: string; type: string; name: string }>;
  /** Without a value and without metadata where the variable is sensitive. */
  "dspex.variables.update": Alias<{ value?: Value }, { variable_id: string; type: string; metadata?: ValueRecord }>;
  "snakepit.session_store.variable.registered": Alias<{ count: 1 }, { session_id: string; type: string }>;
  "snakepit.session_store.variable.get": Alias<{ count: 1 }, { session_id: string; cache_hit: false }>;
  "snakepit.session_store.variable.updated": Alias<{ count: 1; version: number }, { session_id: string; type: string }>;
}

type Alias<Measurements, Metadata> = {
  readonly measurements: Readonly<Measurements>;
  readonly metadata: Readonly<Metadata>;
};

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
  "snakepit.session_store.variable.registered": translation(
    "dspex.bridge.variable.registered",
    ({ measurements, metadata: { session_id, type } }) => ({ measurements, metadata: { session_id, type } }),
  ),
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
};

/** Listens to events under one of their other names, with the fields that go with it; gives what ends that. */
export function listenByAlias<Name extends TelemetryAlias>(
  telemetry: Telemetry,
  name: Name,
  listener: (event: AliasedEvent<Name>) => void,
): () => void {
  const { of, to } = translations[name];
  return telemetry.on(of, (event) => {
    const translated = to(event);
    if (translated !== undefined) listener({ kind: name, ...translated } as AliasedEvent<Name>);
  });
}
