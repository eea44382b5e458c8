import { callable, filled } from "../arguments/kind.ts";
import { requireArguments } from "../arguments/refuse-arguments.ts";
import type { TelemetryEvent, TelemetryName } from "./telemetry-events.ts";

/** Is told of events. It is called within the call that they tell of, so it should do little and defer the rest. */
export type TelemetryListener<Name extends TelemetryName = TelemetryName> = (event: TelemetryEvent<Name>) => void;

/** Where events are told and heard, within one process. Costs one check for each while nobody listens. */
export interface Telemetry {
  /** Somebody listens to something. Whoever would tell asks before making an event. */
  readonly isHeard: boolean;
  /** Says whether anybody listens to events of this name. */
  hears(name: TelemetryName): boolean;
  /**
   * Listens to events of one name, or to all with `*`; gives what ends that. A listener that throws disturbs nobody. Throws
   * `invalid_argument` for what is no listener.
   */
  on<Name extends TelemetryName>(name: Name | "*", listener: TelemetryListener<Name>): () => void;
  /** Tells those who listen. */
  emit(event: TelemetryEvent): void;
}

const listening = [
  ["name", filled],
  ["listener", callable],
] as const;

/** Makes telemetry that nobody listens to yet. */
export function createTelemetry(): Telemetry {
  const byName = new Map<string, Set<TelemetryListener>>();
  let count = 0;
  const everything = "*";

  const tell = (listeners: ReadonlySet<TelemetryListener> | undefined, event: TelemetryEvent): void => {
    if (listeners === undefined) return;
    for (const listener of listeners) {
      try {
        listener(event);
      } catch {
        // A call must not fail because of who looks on.
      }
    }
  };

  return {
    get isHeard() {
      return count > 0;
    },
    hears: (name) => count > 0 && (byName.has(name) || byName.has(everything)),
    on(name, listener) {
      requireArguments(listening, [name, listener]);
      const own = (event: TelemetryEvent) => listener(event as never);
      const listeners = byName.get(name) ?? new Set();
      byName.set(name, listeners.add(own));
      count++;
      return () => {
        if (!listeners.delete(own)) return;
        count--;
        if (listeners.size === 0 && byName.get(name) === listeners) byName.delete(name);
      };
    },
    emit(event) {
      if (count === 0) return;
      tell(byName.get(event.kind), event);
      tell(byName.get(everything), event);
    },
  };
}
